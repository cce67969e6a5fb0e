import type { Command } from '../framework/index.js';
import { createOrAlterContinuousExport } from './create-or-alter.js';
import type { ExportParts } from './jobs.js';
import { manageContinuousExport } from './manage.js';
import { oneOffExports } from './one-off.js';
import { showContinuousExport } from './show.js';

/** The commands of exports, over the services and the scheduler of the process. */
export function exportCommands(parts: ExportParts): readonly Command[] {
  return [
    createOrAlterContinuousExport(parts),
    ...manageContinuousExport(parts),
    ...showContinuousExport(parts),
    ...oneOffExports(parts),
  ];
}

export type { ExportParts } from './jobs.js';
