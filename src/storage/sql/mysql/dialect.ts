import type { KustoType } from '../../../values/index.js';
import type { Dialect } from '../session.js';

const TYPES: Readonly<Record<KustoType, string>> = {
  bool: 'tinyint(1)',
  int: 'int',
  long: 'bigint',
  real: 'double',
  decimal: 'decimal(38,18)',
  datetime: 'datetime(6)',
  // TIME ends at 838 hours.
  timespan: 'bigint',
  string: 'longtext',
  guid: 'char(36)',
  dynamic: 'longtext',
};
/** The longest text that a key can hold whole. */
const KEY_TEXT = 'varchar(768)';

const quote = (name: string): string => `\`${name.replaceAll('`', '``')}\``;
/** With NO_BACKSLASH_ESCAPES, which the session sets. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** MySQL and MariaDB. */
export const MYSQL: Dialect = {
  name: 'MySQL',
  title: 'MySQL',
  quote,
  literal,
  datetime: literal,
  columnType: (type, isKey) => (isKey && (type === 'string' || type === 'dynamic') ? KEY_TEXT : TYPES[type]),
  // Texts compare as KQL compares them; other engines keep rows that a transaction takes back.
  tableOptions: ' ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin',
  progressTypes: {
    text: 'varchar(128)',
    count: 'bigint',
    time: 'datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)',
  },
  limited: (columns, rest, count) => `SELECT ${columns} ${rest} LIMIT ${count}`,
  createIfMissing: (_table, create) => create.replace(/^CREATE TABLE /, 'CREATE TABLE IF NOT EXISTS '),
};
