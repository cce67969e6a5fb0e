import type { Command } from '../framework/index.js';
import { DEFINE_COMMANDS } from './define.js';
import * as manage from './manage.js';

export const EXTERNAL_TABLE_COMMANDS: readonly Command[] = [
  ...DEFINE_COMMANDS,
  manage.alterExternalTableDocString,
  manage.alterExternalTableFolder,
  manage.dropExternalTable,
  manage.showExternalTables,
  manage.showExternalTableSchema,
  manage.showExternalTableArtifacts,
  manage.showExternalTable,
];
