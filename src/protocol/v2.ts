import { datetimeText, type ColumnSchema, type KustoType } from '../values/index.js';
import {
  encodeRows,
  isDeferred,
  newProgress,
  noteTruncation,
  oneApiError,
  rowPieces,
  statusRows,
  visualizationJson,
} from './answer.js';
import type { AnswerContext, Progress, WireResult } from './answer.js';
import type { OneApiError } from './error-body.js';
import type { ErrorPlacement } from './options.js';
import type { Chunk, WireTable } from './rows.js';

const column = (name: string, type: KustoType): ColumnSchema => ({ name, type });
const PROPERTY_COLUMNS = [column('TableId', 'int'), column('Key', 'string'), column('Value', 'dynamic')];
const COMPLETION_COLUMNS = [
  column('Timestamp', 'datetime'),
  column('ClientRequestId', 'string'),
  column('ActivityId', 'guid'),
  column('SubActivityId', 'guid'),
  column('ParentActivityId', 'guid'),
  column('Level', 'int'),
  column('LevelName', 'string'),
  column('StatusCode', 'int'),
  column('StatusCodeName', 'string'),
  column('EventType', 'int'),
  column('EventTypeName', 'string'),
  column('Payload', 'string'),
];

const PLACEMENT_NAMES: Readonly<Record<ErrorPlacement, string>> = {
  in_data: 'InData',
  end_of_table: 'EndOfTable',
  end_of_dataset: 'EndOfDataSet',
};

type TableKind = 'QueryProperties' | 'PrimaryResult' | 'QueryCompletionInformation';

/** The answers to most queries are not drawn. */
const NOT_DRAWN = JSON.stringify(visualizationJson(null));

/** Of the tables that every answer has, written once. */
const columnsJson = new Map(
  [PROPERTY_COLUMNS, COMPLETION_COLUMNS].map((columns): [readonly ColumnSchema[], string] => [
    columns,
    jsonOf(columns),
  ]),
);

function jsonOf(columns: readonly ColumnSchema[]): string {
  return JSON.stringify(columns.map((c) => ({ ColumnName: c.name, ColumnType: c.type })));
}

const head = (frameType: string, id: number, kind: TableKind, table: Pick<WireTable, 'name' | 'columns'>): string =>
  `{"FrameType":"${frameType}","TableId":${id},"TableKind":"${kind}","TableName":${JSON.stringify(table.name)},"Columns":${columnsJson.get(table.columns) ?? jsonOf(table.columns)}`;

/** The v2 answer: a JSON array of frames. Fragmented and progressive only when the request asks. */
export async function* encodeV2(result: WireResult, context: AnswerContext): AsyncGenerator<Chunk> {
  const { options } = context;
  const progressive = options['results_progressive_enabled'] === true;
  const fragmented = progressive || options['results_v2_fragment_primary_tables'] === true;
  const placement = (options['results_error_reporting_placement'] as ErrorPlacement | undefined) ?? 'in_data';
  // Every frame begins with what parts it from the one before.
  const next = options['results_v2_newlines_between_frames'] === true ? '\n,' : ',';
  const progress = newProgress();

  // The Go client reads the header's fields in this order.
  const header = JSON.stringify({
    FrameType: 'DataSetHeader',
    IsProgressive: progressive,
    Version: 'v2.0',
    IsFragmented: fragmented,
    ErrorReportingPlacement: PLACEMENT_NAMES[placement],
  });
  yield `[${header}${next}${wholeTable(0, 'QueryProperties', '@ExtendedProperties', PROPERTY_COLUMNS, propertyRows(result))}`;

  let errors: readonly OneApiError[] = [];
  for (const [i, table] of result.tables.entries()) {
    const id = i + 1;
    yield next + head(fragmented ? 'TableHeader' : 'DataTable', id, 'PrimaryResult', table);
    if (fragmented) yield '}';
    else yield ',"Rows":[';
    yield* fragmented
      ? fragments(next, id, table, context, progress, progressive)
      : encodeRows(table, context, progress);
    if (i === result.tables.length - 1) noteTruncation(result, progress);
    if (progress.failure !== null && !isDeferred(context)) errors = [oneApiError(progress.failure, context)];
    const errorsJson = `"OneApiErrors":${JSON.stringify(errors)}`;
    const inRows = errors.length > 0 && placement === 'in_data' ? `{${errorsJson}}` : '';
    const atEnd = errors.length > 0 && placement === 'end_of_table' ? `,${errorsJson}` : '';
    if (fragmented) {
      if (inRows) yield `${next}${fragmentHead(id, table, 'DataAppend')}${inRows}]}`;
      yield `${next}{"FrameType":"TableCompletion","TableId":${id},"RowCount":${progress.rowCounts[i]}${atEnd}}`;
    } else {
      yield `${inRows && (progress.sizes[i] as number) > 0 ? ',' : ''}${inRows}]${atEnd}}`;
    }
    if (progress.failure !== null) break;
  }
  if (errors.length === 0) {
    const name = 'QueryCompletionInformation';
    yield (
      next +
      wholeTable(progress.rowCounts.length + 1, name, name, COMPLETION_COLUMNS, completionRows(context, progress))
    );
  }
  const cancelled = progress.failure?.code === 'General_Cancelled';
  const end = { FrameType: 'DataSetCompletion', HasErrors: errors.length > 0, Cancelled: cancelled };
  yield next + JSON.stringify(errors.length > 0 ? { ...end, OneApiErrors: errors } : end);
  yield next === ',' ? ']' : '\n]\n';
}

/** The frame of a table whose rows are written already. */
const wholeTable = (
  id: number,
  kind: TableKind,
  name: string,
  columns: readonly ColumnSchema[],
  rows: string,
): string => `${head('DataTable', id, kind, { name, columns })},"Rows":${rows}}`;

/** The reference puts the property's JSON into the dynamic cell as a string. */
function propertyRows({ tables, visualization, cursor }: WireResult): string {
  const drawn = visualization ? JSON.stringify(visualizationJson(visualization)) : NOT_DRAWN;
  const rows = tables.map((_, i) => `[${i + 1},"Visualization",${drawn}]`);
  if (cursor !== null) rows.push(`[1,"Cursor",${JSON.stringify(cursor)}]`);
  return `[${rows.join(',')}]`;
}

const fragmentHead = (id: number, table: WireTable, type: 'DataAppend'): string =>
  `{"FrameType":"TableFragment","TableFragmentType":"${type}","TableId":${id},"FieldCount":${table.columns.length},"Rows":[`;

/** A fragment a chunk of rows; progressive answers also tell how far they are. */
async function* fragments(
  next: string,
  id: number,
  table: WireTable,
  context: AnswerContext,
  progress: Progress,
  progressive: boolean,
): AsyncGenerator<Chunk> {
  for await (const rows of rowPieces(table, context, progress)) {
    yield `${next}${fragmentHead(id, table, 'DataAppend')}`;
    yield rows;
    yield ']}';
  }
  if (progressive) yield `${next}{"FrameType":"TableProgress","TableId":${id},"TableProgress":100}`;
}

function completionRows(context: AnswerContext, progress: Progress): string {
  const { clientRequestId, activityId } = context.ids;
  const rows = statusRows(context, progress).map((s) => [
    ...[datetimeText(s.timestamp), clientRequestId, activityId, activityId, activityId, s.level, s.levelName],
    ...[s.statusCode, s.statusName, s.eventType, s.eventTypeName],
    s.isStatistics ? s.text : JSON.stringify({ Count: 1, Text: s.text }),
  ]);
  return JSON.stringify(rows);
}
