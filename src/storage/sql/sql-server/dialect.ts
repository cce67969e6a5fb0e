import type { KustoType } from '../../../values/index.js';
import { quotedName } from '../checks.js';
import type { Dialect } from '../session.js';

const TYPES: Readonly<Record<KustoType, string>> = {
  bool: 'bit',
  int: 'int',
  long: 'bigint',
  real: 'float',
  decimal: 'decimal(38,18)',
  datetime: 'datetime2(7)',
  // TIME ends with the day.
  timespan: 'bigint',
  string: 'nvarchar(max)',
  guid: 'uniqueidentifier',
  dynamic: 'nvarchar(max)',
};
/** The longest text that a clustered key can hold whole. */
const KEY_TEXT = 'nvarchar(450)';

const quote = (name: string): string => `[${name.replaceAll(']', ']]')}]`;
const literal = (text: string): string => `N'${text.replaceAll("'", "''")}'`;

export const SQL_SERVER: Dialect = {
  name: 'SqlServer',
  title: 'SQL Server',
  quote,
  literal,
  datetime: (text) => `CONVERT(datetime2(0), ${literal(text)}, 120)`,
  columnType: (type, isKey) => (isKey && (type === 'string' || type === 'dynamic') ? KEY_TEXT : TYPES[type]),
  tableOptions: '',
  progressTypes: {
    text: 'nvarchar(128)',
    count: 'bigint',
    time: 'datetime2(7) NOT NULL DEFAULT SYSUTCDATETIME()',
  },
  limited: (columns, rest, count) => `SELECT TOP (${count}) ${columns} ${rest}`,
  createIfMissing: (table, create) => `IF OBJECT_ID(${literal(quotedName(SQL_SERVER, table))}, N'U') IS NULL ${create}`,
};
