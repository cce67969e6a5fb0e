import type { Engine } from '../engines/engine.js';
import { KustoError } from '../errors/index.js';
import { bind } from '../language/bind.js';
import type { RequestFacts } from '../language/context.js';
import type { Schema } from '../language/schema.js';
import { mapRelation } from '../plan/index.js';
import { compile } from '../sql/compile.js';
import type { Dialect } from '../sql/dialect.js';
import type { KustoValue } from '../values/index.js';
import type { MemoryTable } from './query-service.js';

const TABLE = '__command_result';
const PREFIX = `${TABLE}|`;

/** KQL operators over the result of a command: the table is an input of the SQL, bound like any other. */
export async function runOver(
  table: MemoryTable,
  tail: string,
  facts: RequestFacts,
  { engine, dialect }: { readonly engine: Engine; readonly dialect: Dialect },
): Promise<MemoryTable> {
  const columns = table.columns.map((column, id) => ({ ...column, id }));
  const database = {
    id: '',
    name: facts.database,
    tables: [{ id: TABLE, name: TABLE, columns }],
    functions: [],
    externalTables: [],
  };
  const schema: Schema = { databases: [database], current: facts.database };
  const bound = shifted(() => bind(PREFIX + tail, schema, facts));
  const [only] = bound.results;
  if (!only) return table;
  const relation = mapRelation(only.relation, (node) =>
    node.kind === 'scan'
      ? {
          kind: 'stored',
          table: TABLE,
          // A scan's last column is its extent, which operators carry along: here it is null.
          names: node.columns.map((_, i) => `c${i}`),
          columns: node.columns,
        }
      : node,
  );
  const {
    text,
    columns: resultColumns,
    functions,
  } = compile(relation, dialect, () => {
    throw new KustoError('CAL0001', 'External tables cannot be read after a command.');
  });
  const rows = table.rows;
  const cells = columns.map((_, c) => rows.map((row): KustoValue => row[c]!));
  const batch = { rowCount: rows.length, columns: [...cells, rows.map(() => null)] };
  const types = [...columns.map((column) => column.type), 'long' as const];
  const input = { name: TABLE, types, batches: [batch] };
  const result = await engine.run({ text, columns: resultColumns, functions, parameters: [], inputs: [input] });
  try {
    const output: KustoValue[][] = [];
    for await (const page of result.batches()) {
      for (let r = 0; r < page.rowCount; r++) output.push(page.columns.map((column) => column[r]!));
    }
    return { columns: result.columns, rows: output };
  } finally {
    await result.close();
  }
}

/** Spans count from the start of the tail. */
function shifted<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof KustoError) || !error.span) throw error;
    const span = {
      start: Math.max(0, error.span.start - PREFIX.length),
      end: Math.max(0, error.span.end - PREFIX.length),
    };
    throw new KustoError(error.code, error.message, { span, cause: error });
  }
}
