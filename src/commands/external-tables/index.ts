import type { Command } from '../framework/index.js';
import { DEFINE_COMMANDS } from './define.js';
import { DEFINE_SQL_COMMANDS } from './define-sql.js';
import * as manage from './manage.js';

export const EXTERNAL_TABLE_COMMANDS: readonly Command[] = [
  ...DEFINE_SQL_COMMANDS,
  ...DEFINE_COMMANDS,
  manage.alterExternalTableDocString,
  manage.alterExternalTableFolder,
  manage.dropExternalTable,
  manage.showExternalTables,
  manage.showExternalTableSchema,
  manage.showExternalTableArtifacts,
  manage.showExternalTable,
];
