import type { Command } from '../framework/index.js';
import { showCapacity, showCluster, showVersion } from './cluster.js';
import { showDatabasesEntities } from './entities.js';
import { alterPrettyName, createDatabase, dropDatabase, dropPrettyName } from './manage.js';
import { SCHEMA_JSON } from './schema-json.js';
import { SCHEMA_ROWS } from './schema-rows.js';
import { SCHEMA_SCRIPT } from './schema-script.js';
import { SHOW_DATABASES } from './show.js';

export const DATABASE_COMMANDS: readonly Command[] = [
  showVersion,
  showCluster,
  showCapacity,
  createDatabase,
  dropDatabase,
  alterPrettyName,
  dropPrettyName,
  showDatabasesEntities,
  ...SCHEMA_JSON,
  SCHEMA_SCRIPT,
  ...SCHEMA_ROWS,
  ...SHOW_DATABASES,
];
