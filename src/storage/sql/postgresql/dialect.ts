import type { KustoType } from '../../../values/index.js';
import type { Dialect } from '../session.js';

const TYPES: Readonly<Record<KustoType, string>> = {
  bool: 'boolean',
  int: 'integer',
  long: 'bigint',
  real: 'double precision',
  decimal: 'numeric',
  datetime: 'timestamp with time zone',
  timespan: 'interval',
  string: 'text',
  guid: 'uuid',
  dynamic: 'text',
};

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;
/** With standard_conforming_strings, which the session sets. */
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

export const POSTGRESQL: Dialect = {
  name: 'PostgreSQL',
  title: 'PostgreSQL',
  quote,
  literal,
  datetime: (text) => literal(`${text}+00`),
  columnType: (type) => TYPES[type],
  tableOptions: '',
  progressTypes: {
    text: 'varchar(128)',
    count: 'bigint',
    time: 'timestamp with time zone NOT NULL DEFAULT current_timestamp',
  },
  limited: (columns, rest, count) => `SELECT ${columns} ${rest} LIMIT ${count}`,
  createIfMissing: (_table, create) => create.replace(/^CREATE TABLE /, 'CREATE TABLE IF NOT EXISTS '),
};
