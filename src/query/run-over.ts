import type { Engine, InputTable } from '../engines/engine.js';
import { KustoError } from '../errors/index.js';
import type { RequestFacts } from '../language/context.js';
import type { Schema } from '../language/schema.js';
import { mapRelation, type Relation } from '../plan/index.js';
import { compile } from '../sql/compile.js';
import type { Dialect } from '../sql/dialect.js';
import type { KustoValue } from '../values/index.js';
import type { Binder } from './binder.js';
import { resolveProcedures } from './procedures.js';
import type { MemoryTable } from './query-service.js';

const TABLE = '__command_result';
const PREFIX = `${TABLE}|`;

export interface RunOverParts {
  readonly binder: Binder;
  readonly engine: Engine;
  readonly dialect: Dialect;
  readonly signal: AbortSignal;
}

/** KQL operators over the result of a command: the table is an input of the SQL, bound like any other. */
export async function runOver(
  table: MemoryTable,
  tail: string,
  facts: RequestFacts,
  parts: RunOverParts,
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
  const run = (relation: Relation): Promise<MemoryTable> => runStored(relation, inputOf(table), parts);
  return shifted(async () => {
    const rows = async (probe: Relation) => (await run(probe)).rows;
    const request = { text: PREFIX + tail, schema, facts, parameters: {}, options: {}, rows };
    const bound = await parts.binder.bind(request, parts.signal);
    const [only] = bound.results;
    return only ? run(only.relation) : table;
  });
}

function inputOf({ columns, rows }: MemoryTable): InputTable {
  const cells = columns.map((_, c) => rows.map((row): KustoValue => row[c]!));
  // A scan's last column is its extent, which operators carry along: here it is null.
  const batch = { rowCount: rows.length, columns: [...cells, rows.map(() => null)] };
  return { name: TABLE, types: [...columns.map((column) => column.type), 'long'], batches: [batch] };
}

async function runStored(
  relation: Relation,
  input: InputTable,
  { engine, dialect, signal }: RunOverParts,
): Promise<MemoryTable> {
  const compiled = (plan: Relation, inputs: readonly InputTable[]) => {
    const made = compile(plan, dialect, () => {
      throw new KustoError('CAL0001', 'External tables cannot be read after a command.');
    });
    return { ...made, parameters: [], inputs: [input, ...inputs, ...made.inputs] };
  };
  const stored = mapRelation(relation, (node) =>
    node.kind === 'scan'
      ? { kind: 'stored', table: TABLE, names: node.columns.map((_, i) => `c${i}`), columns: node.columns }
      : node,
  );
  const resolved = await resolveProcedures(
    stored,
    engine,
    (plan, inputs) => Promise.resolve({ sql: compiled(plan, inputs), release: () => Promise.resolve() }),
    signal,
  );
  const result = await engine.run(compiled(resolved.relation, resolved.inputs), signal);
  try {
    const rows: KustoValue[][] = [];
    for await (const page of result.batches()) {
      for (let r = 0; r < page.rowCount; r++) rows.push(page.columns.map((column) => column[r]!));
    }
    return { columns: result.columns, rows };
  } finally {
    await result.close();
  }
}

/** Spans count from the start of the tail. */
async function shifted<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof KustoError) || !error.span) throw error;
    const span = {
      start: Math.max(0, error.span.start - PREFIX.length),
      end: Math.max(0, error.span.end - PREFIX.length),
    };
    throw new KustoError(error.code, error.message, { span, cause: error });
  }
}
