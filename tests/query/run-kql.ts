import { readdir } from 'node:fs/promises';
import { StoredCatalog } from '../../src/catalog/stored-catalog.js';
import { openDuckDb } from '../../src/engines/duckdb/open.js';
import type { QueryResult } from '../../src/query/query-service.js';
import { Queries } from '../../src/query/service.js';
import { Authorization, DEVELOPMENT_CALLER } from '../../src/security/index.js';
import { DUCKDB } from '../../src/sql/dialects/duckdb/index.js';
import { MACROS } from '../../src/sql/dialects/duckdb/macros.js';
import {
  datetimeText,
  timespanText,
  type ColumnSchema,
  type KustoType,
  type KustoValue,
} from '../../src/values/index.js';

/** Runs KQL over an engine in memory: the whole line from text to rows, without a server. */
export interface KqlRunner {
  /** Rows of the first table, with cells as people write them: datetimes and timespans as text, longs as numbers. */
  rows(text: string): Promise<unknown[][]>;
  /** Columns of the first table as `name:type`, and its rows. */
  answer(text: string): Promise<{ readonly columns: readonly string[]; readonly rows: unknown[][] }>;
  /** Every table of the result, with its values as they are held. */
  tables(text: string): Promise<{ columns: readonly ColumnSchema[]; rows: KustoValue[][] }[]>;
  /** The value of one expression. */
  value(expression: string): Promise<unknown>;
  /** The result as the query service gives it; the caller closes it. */
  run(text: string): Promise<QueryResult>;
  /** Names of the files that the engine has in passing. */
  files(): Promise<string[]>;
  close(): Promise<void>;
}

export async function openKql(): Promise<KqlRunner> {
  const engine = await openDuckDb({
    data: ':memory:',
    setup: async (connection) => {
      for (const macro of MACROS) await connection.run(`CREATE OR REPLACE MACRO ${macro}`);
    },
  });
  const catalog = await StoredCatalog.open(engine.persistence, () => new Date());
  await catalog.transact((tx) => tx.put({ kind: 'database', id: 'db1', name: 'db', prettyName: '' }));
  const queries = new Queries({
    catalog,
    engine,
    dialect: DUCKDB,
    clusterEndpoint: () => 'http://localhost',
    clock: () => new Date(),
    security: { authorization: new Authorization([]), directory: undefined as never },
    external: {
      open: () =>
        Promise.resolve({
          sql: () => {
            throw new Error('no external data in this test');
          },
          release: () => Promise.resolve(),
        }),
    },
  });
  const context = {
    database: 'db',
    caller: DEVELOPMENT_CALLER,
    options: {},
    parameters: {},
    clientRequestId: 'test',
    activityId: 'test',
    application: 'test',
    user: 'test',
    signal: new AbortController().signal,
  };
  const tables: KqlRunner['tables'] = async (text) => {
    const result = await queries.run(text, context);
    try {
      const found: Awaited<ReturnType<KqlRunner['tables']>> = [];
      for (const table of result.tables) {
        const rows: KustoValue[][] = [];
        for await (const batch of table.batches())
          for (let r = 0; r < batch.rowCount; r++) rows.push(batch.columns.map((column) => column[r]!));
        found.push({ columns: table.columns, rows });
      }
      return found;
    } finally {
      await result.close();
    }
  };
  const answer: KqlRunner['answer'] = async (text) => {
    const [table] = await tables(text);
    return {
      columns: table!.columns.map(({ name, type }) => `${name}:${type}`),
      rows: table!.rows.map((row) => row.map((cell, c) => shown(cell, table!.columns[c]!.type))),
    };
  };
  const rows = async (text: string): Promise<unknown[][]> => (await answer(text)).rows;
  return {
    rows,
    answer,
    tables,
    value: async (expression) => (await rows(`print x = ${expression}`))[0]![0],
    run: (text) => queries.run(text, context),
    files: () => readdir(engine.exchangeDirectory),
    close: () => engine.close(),
  };
}

function shown(value: KustoValue, type: KustoType): unknown {
  if (value === null) return null;
  switch (type) {
    case 'datetime':
      return datetimeText(value as bigint);
    case 'timespan':
      return timespanText(value as bigint);
    case 'dynamic':
      return JSON.parse(value as string);
    default:
      return typeof value === 'bigint' && BigInt(Number(value)) === value ? Number(value) : value;
  }
}
