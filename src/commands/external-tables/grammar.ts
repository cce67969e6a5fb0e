import type { DataFormat, PartitionColumn, PathElement } from '../../catalog/model.js';
import {
  list,
  LITERAL,
  LONG_VALUE,
  name,
  oneOf,
  openProperties,
  opt,
  seq,
  text,
  TIMESPAN,
  type,
  value,
  values,
  word,
} from '../framework/index.js';

const FORMATS = [
  'csv',
  'tsv',
  'psv',
  'scsv',
  'sohsv',
  'tsve',
  'txt',
  'raw',
  'json',
  'multijson',
  'parquet',
  'avro',
  'apacheavro',
  'orc',
  'w3clogfile',
] as const satisfies readonly DataFormat[];

export const columnList = seq('(', list('columns', seq(name('column'), ':', type('type'))), ')');

const datetimeFunction = oneOf(
  seq('bin (', name('source'), ',', value('bin', TIMESPAN), ')'),
  seq(word('period', 'startofday', 'startofweek', 'startofmonth', 'startofyear'), '(', name('source'), ')'),
);

const partition = seq(
  name('name'),
  ':',
  oneOf(
    seq(word('type', 'string'), opt('=', name('source'))),
    seq(word('type', 'datetime'), opt('=', oneOf(datetimeFunction, name('source')))),
    seq(word('type', 'long'), '= hash (', name('source'), ',', value('modulo', LONG_VALUE), ')'),
  ),
);

const pathElement = oneOf(
  text('separator'),
  seq('datetime_pattern (', text('pattern'), ',', name('partition'), ')'),
  name('partition'),
);

/** What follows the name of a table of kind=storage, in its older spellings too. */
export const storageDefinition = seq(
  columnList,
  'kind =',
  word('kind', 'storage', 'blob', 'adl'),
  opt(
    'partition by (',
    list('partitions', partition),
    ')',
    opt('pathformat = (', list('path', pathElement, null), ')'),
  ),
  'dataformat =',
  word('format', ...FORMATS),
  '(',
  values('connections', LITERAL),
  ')',
  openProperties(),
);

interface ParsedPartition {
  readonly name?: string;
  readonly type?: 'string' | 'datetime' | 'long';
  readonly source?: string;
  readonly bin?: bigint;
  readonly period?: 'startofday' | 'startofweek' | 'startofmonth' | 'startofyear';
  readonly modulo?: bigint;
}

export function partitionColumn(parsed: ParsedPartition): PartitionColumn {
  const { name = '', type = 'string', source, bin, period, modulo } = parsed;
  return {
    name,
    type,
    ...(source === undefined ? {} : { source }),
    function:
      bin !== undefined
        ? { kind: 'bin', ticks: String(bin) }
        : period !== undefined
          ? { kind: period }
          : modulo !== undefined
            ? { kind: 'hash', modulo: Number(modulo) }
            : { kind: 'value' },
  };
}

export function pathElementOf(parsed: {
  readonly separator?: string;
  readonly pattern?: string;
  readonly partition?: string;
}): PathElement {
  const { separator, pattern, partition: name = '' } = parsed;
  if (separator !== undefined) return { kind: 'separator', text: separator };
  return pattern === undefined ? { kind: 'partition', name } : { kind: 'datetime', name, pattern };
}
