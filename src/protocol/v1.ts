import type { ColumnSchema, KustoType, KustoValue } from '../values/index.js';
import {
  encodeRows,
  isDeferred,
  newProgress,
  noteTruncation,
  oneApiError,
  statusRows,
  visualizationJson,
} from './answer.js';
import type { AnswerContext, WireResult } from './answer.js';
import { tableOf } from './rows.js';
import type { Chunk, WireTable } from './rows.js';

/** .NET type names of v1's `DataType`. */
const DATA_TYPES: Readonly<Record<KustoType, string>> = {
  bool: 'SByte',
  int: 'Int32',
  long: 'Int64',
  real: 'Double',
  decimal: 'SqlDecimal',
  datetime: 'DateTime',
  timespan: 'TimeSpan',
  string: 'String',
  guid: 'Guid',
  dynamic: 'Object',
};

const columnsJson = (columns: readonly ColumnSchema[]): string =>
  JSON.stringify(columns.map((c) => ({ ColumnName: c.name, DataType: DATA_TYPES[c.type], ColumnType: c.type })));

const tableStart = (ordinal: number, columns: readonly ColumnSchema[]): string =>
  `{"TableName":"Table_${ordinal}","Columns":${columnsJson(columns)},"Rows":[`;

const column = (name: string, type: KustoType): ColumnSchema => ({ name, type });
const STATUS_COLUMNS = [
  column('Timestamp', 'datetime'),
  column('Severity', 'int'),
  column('SeverityName', 'string'),
  column('StatusCode', 'int'),
  column('StatusDescription', 'string'),
  column('Count', 'int'),
  column('RequestId', 'guid'),
  column('ActivityId', 'guid'),
  column('SubActivityId', 'guid'),
  column('ClientActivityId', 'string'),
];
const CONTENTS_COLUMNS = [
  column('Ordinal', 'long'),
  column('Kind', 'string'),
  column('Name', 'string'),
  column('Id', 'string'),
  column('PrettyName', 'string'),
];

/** The v1 answer to a command: one table. */
export async function* encodeV1Command(table: WireTable, context: AnswerContext): AsyncGenerator<Chunk> {
  const progress = newProgress();
  yield `{"Tables":[${tableStart(0, table.columns)}`;
  yield* encodeRows(table, context, progress);
  if (progress.failure !== null)
    yield* failureEnd(progress.failure.message, oneApiError(progress.failure, context), progress.sizes[0] === 0);
  else yield ']}]}';
}

/** The v1 answer to a query: its results, then @ExtendedProperties, QueryStatus and a table of contents. */
export async function* encodeV1Query(result: WireResult, context: AnswerContext): AsyncGenerator<Chunk> {
  const progress = newProgress();
  yield '{"Tables":[';
  for (const [i, table] of result.tables.entries()) {
    yield (i > 0 ? ',' : '') + tableStart(i, table.columns);
    yield* encodeRows(table, context, progress);
    if (i === result.tables.length - 1) noteTruncation(result, progress);
    if (progress.failure !== null && !isDeferred(context)) {
      yield* failureEnd(progress.failure.message, oneApiError(progress.failure, context), progress.sizes[i] === 0);
      return;
    }
    yield ']}';
    if (progress.failure !== null) break;
  }
  const properties: KustoValue[][] = progress.rowCounts.map(() => [visualizationJson(result.visualization)]);
  if (result.cursor !== null) properties.push([JSON.stringify({ Cursor: result.cursor })]);
  const { clientRequestId, activityId } = context.ids;
  const status = statusRows(context, progress).map((s) => [
    ...[s.timestamp, s.level, s.levelName, s.statusCode, s.text, 1],
    ...[activityId, activityId, activityId, clientRequestId],
  ]);
  const results = progress.rowCounts.map((_, i) => [BigInt(i), 'QueryResult', 'PrimaryResult', context.newId(), '']);
  const n = results.length;
  const contents = [
    ...results,
    [BigInt(n), 'QueryProperties', '@ExtendedProperties', context.newId(), ''],
    [BigInt(n + 1), 'QueryStatus', 'QueryStatus', '00000000-0000-0000-0000-000000000000', ''],
  ];
  const tail = [
    tableOf('@ExtendedProperties', [column('Value', 'string')], properties),
    tableOf('QueryStatus', STATUS_COLUMNS, status),
    tableOf('TableOfContents', CONTENTS_COLUMNS, contents),
  ];
  for (const [i, table] of tail.entries()) {
    yield `,${tableStart(n + i, table.columns)}`;
    yield* encodeRows(table, context, newProgress());
    yield ']}';
  }
  yield ']}';
}

/**
 * Ends an answer that failed on its way: an object among the rows, where clients expect arrays, and nothing after
 * that table. The reference's v1 writes `Exceptions`; `OneApiErrors` is what readers of both versions look for.
 */
function* failureEnd(message: string, error: unknown, first: boolean): Generator<string> {
  const exceptions = JSON.stringify([message]);
  const row = `{"OneApiErrors":${JSON.stringify([error])},"Exceptions":${exceptions}}`;
  yield `${first ? '' : ','}${row}]}],"Exceptions":${exceptions}}`;
}
