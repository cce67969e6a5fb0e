import { KustoError } from '../errors/index.js';
import { ticksOfDate } from '../values/index.js';
import type { RequestIds } from './identifiers.js';
import { errorBody } from './error-body.js';
import type { OneApiError } from './error-body.js';
import { rowChunks } from './rows.js';
import type { Chunk, RowChunk, WireTable } from './rows.js';

/** A query's result as the encoders take it: structural part of the query service's QueryResult. */
export interface WireResult {
  readonly tables: readonly WireTable[];
  readonly visualization: Readonly<Record<string, unknown>> | null;
  readonly cursor: string | null;
  /** Read after the rows. */
  readonly truncation: { readonly code: 'E_QUERY_RESULT_SET_TOO_LARGE'; readonly message: string } | null;
}

export interface AnswerContext {
  readonly ids: RequestIds;
  readonly text: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly startedAt: Date;
  readonly signal: AbortSignal;
  now(): Date;
  /** A new GUID. */
  newId(): string;
  /** Told of what stops an answer that has begun; makes the coded error that the client will see. */
  onFailure(error: unknown): KustoError;
}

/** What has been sent of a result's rows, and what stopped them. */
export interface Progress {
  rowCounts: number[];
  sizes: number[];
  failure: KustoError | null;
}

export const newProgress = (): Progress => ({ rowCounts: [], sizes: [], failure: null });

/** The rows of a table as JSON, comma-separated, without brackets; see `rowPieces`. */
export async function* encodeRows(table: WireTable, context: AnswerContext, progress: Progress): AsyncGenerator<Chunk> {
  let first = true;
  for await (const piece of rowPieces(table, context, progress)) {
    if (!first) yield ',';
    first = false;
    yield piece;
  }
}

/**
 * The rows of a table in pieces, with no comma from one to the next. Never throws: a failure ends the rows and is left
 * in `progress.failure`.
 */
export async function* rowPieces(table: WireTable, context: AnswerContext, progress: Progress): AsyncGenerator<Chunk> {
  const index = progress.rowCounts.push(0) - 1;
  progress.sizes.push(0);
  const sent = ({ json, rowCount }: RowChunk): Chunk => {
    context.signal.throwIfAborted();
    progress.sizes[index]! += Buffer.byteLength(json);
    progress.rowCounts[index]! += rowCount;
    return json;
  };
  try {
    // Every generator between the rows and the socket costs a small answer some microseconds.
    if (table.json) for await (const rows of table.json()) yield sent(rows);
    else
      for await (const batch of table.batches()) for (const rows of rowChunks(table.columns, batch)) yield sent(rows);
  } catch (error) {
    progress.failure = context.onFailure(error);
  }
}

/** The failure that a truncated result is told as, once its rows have gone out. */
export function noteTruncation(result: WireResult, progress: Progress): void {
  if (progress.failure === null && result.truncation !== null) {
    progress.failure = new KustoError(result.truncation.code, result.truncation.message);
  }
}

export function oneApiError(failure: KustoError, context: AnswerContext): OneApiError {
  return errorBody(failure, context.ids, context.now(), context.text);
}

/** `deferpartialqueryfailures`: told in the status table only. */
export const isDeferred = (context: AnswerContext): boolean => context.options['deferpartialqueryfailures'] === true;

/** One row of the status table of either version, before it is put into that version's columns. */
export interface StatusRow {
  readonly timestamp: bigint;
  readonly level: number;
  readonly levelName: string;
  readonly statusCode: number;
  readonly statusName: string;
  readonly eventType: number;
  readonly eventTypeName: string;
  readonly text: string;
  /** Whether the text is JSON that v2 shows as it is. */
  readonly isStatistics: boolean;
}

/** HRESULTs of the reference: 0x80DA0003, 0x80DA0001; E_FAIL for what has none of its own. */
const HRESULTS: Readonly<Record<string, number>> = {
  E_QUERY_RESULT_SET_TOO_LARGE: -2_133_196_797,
  E_RUNAWAY_QUERY: -2_133_196_799,
};
const E_FAIL = -2_147_467_259;

const SUCCESS = {
  level: 4,
  levelName: 'Info',
  statusCode: 0,
  statusName: 'S_OK (0)',
  eventType: 4,
  eventTypeName: 'QueryInfo',
  text: 'Query completed successfully',
};

function failureRow({ code, message }: KustoError): typeof SUCCESS {
  const known = HRESULTS[code];
  const statusCode = known ?? E_FAIL;
  return {
    level: 2,
    levelName: 'Error',
    statusCode,
    statusName: `${code} (${statusCode})`,
    eventType: 1,
    eventTypeName: known === undefined ? 'QueryError' : 'QueryLimitsExceeded',
    text: message,
  };
}

export function statusRows(context: AnswerContext, progress: Progress): readonly StatusRow[] {
  const now = context.now();
  const timestamp = ticksOfDate(now);
  const statistics = {
    ExecutionTime: (now.getTime() - context.startedAt.getTime()) / 1000,
    dataset_statistics: progress.rowCounts.map((count, i) => ({
      table_row_count: count,
      table_size: progress.sizes[i],
    })),
  };
  const outcome = progress.failure === null ? SUCCESS : failureRow(progress.failure);
  return [
    { timestamp, ...outcome, isStatistics: false },
    {
      timestamp,
      ...{ level: 6, levelName: 'Stats', statusCode: 0, statusName: 'S_OK (0)', eventType: 0 },
      ...{ eventTypeName: 'QueryResourceConsumption', text: JSON.stringify(statistics), isStatistics: true },
    },
  ];
}

/** The Visualization property as the reference writes it: every field there, most of them null. */
export function visualizationJson(visualization: WireResult['visualization']): string {
  const absent = {
    Visualization: null,
    Title: null,
    XColumn: null,
    Series: null,
    YColumns: null,
    AnomalyColumns: null,
  };
  const axes = { XTitle: null, YTitle: null, XAxis: null, YAxis: null, Legend: null, YSplit: null };
  const rest = {
    Accumulate: false,
    IsQuerySorted: false,
    Kind: null,
    Ymin: 'NaN',
    Ymax: 'NaN',
    Xmin: null,
    Xmax: null,
  };
  return JSON.stringify({ ...absent, ...axes, ...rest, ...visualization });
}
