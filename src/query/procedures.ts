import type { Engine, InputTable } from '../engines/engine.js';
import { KustoError } from '../errors/index.js';
import { mapRelation, type Procedure, type Relation, type Stored } from '../plan/index.js';
import { procedure, type Rows } from '../procedures/index.js';
import type { ColumnBatch, KustoValue } from '../values/index.js';
import type { CompiledSql } from '../engines/engine.js';

/** A plan without procedures: each has run, and its rows are an input table of the SQL. */
export interface Resolved {
  readonly relation: Relation;
  readonly inputs: readonly InputTable[];
}

/** Cells that one procedure may hold in memory. */
const MAX_CELLS = 20_000_000;

/**
 * Runs the procedures of a plan, innermost first: the SQL of its input, the procedure over the rows, and the result in
 * the place of the node.
 */
export async function resolveProcedures(
  relation: Relation,
  engine: Engine,
  compile: (
    relation: Relation,
    inputs: readonly InputTable[],
  ) => Promise<{ readonly sql: CompiledSql; release(): Promise<void> }>,
  signal: AbortSignal,
): Promise<Resolved> {
  let current = relation;
  const inputs: InputTable[] = [];
  for (;;) {
    const next = innermost(current);
    if (!next) return { relation: current, inputs };
    const rows = await runProcedure(next, inputs, engine, compile, signal);
    const name = `procedure${inputs.length}`;
    const batch: ColumnBatch = { rowCount: rows.rowCount, columns: rows.cells };
    inputs.push({ name, types: next.columns.map((column) => column.type), batches: [batch] });
    const stored: Stored = {
      kind: 'stored',
      table: name,
      names: next.columns.map((_, i) => `c${i}`),
      columns: next.columns,
    };
    current = replaced(current, next, stored);
  }
}

function innermost(relation: Relation): Procedure | undefined {
  let found: Procedure | undefined;
  mapRelation(relation, (node) => {
    if (node.kind === 'procedure') found ??= node;
    if (node.kind === 'apply' && hasProcedure(node.body)) {
      throw new KustoError('CAL0001', 'This operator is not supported inside of mv-apply or partition.');
    }
    return node;
  });
  return found;
}

function hasProcedure(relation: Relation): boolean {
  let found = false;
  mapRelation(relation, (node) => {
    found ||= node.kind === 'procedure';
    return node;
  });
  return found;
}

/** Nodes are rebuilt on the way up, so the procedure is told by its columns' ids, which no other node has. */
function replaced(relation: Relation, target: Procedure, stored: Stored): Relation {
  return mapRelation(relation, (node) =>
    node.kind === 'procedure' && node.columns === target.columns ? stored : node,
  );
}

async function runProcedure(
  node: Procedure,
  inputs: readonly InputTable[],
  engine: Engine,
  compile: Parameters<typeof resolveProcedures>[2],
  signal: AbortSignal,
): Promise<Rows> {
  const definition = procedure(node.name);
  if (!definition) throw new KustoError('CAL0001', `${node.name} is not supported.`, { span: node.span });
  const rows: Rows[] = [];
  for (const input of node.inputs) {
    const { sql, release } = await compile(input, inputs);
    try {
      rows.push(await collect(input, engine, sql, signal));
    } finally {
      await release();
    }
  }
  return definition.run({ inputs: rows, args: node.args, columns: node.columns, signal });
}

async function collect(input: Relation, engine: Engine, sql: CompiledSql, signal: AbortSignal): Promise<Rows> {
  const result = await engine.run(sql, signal);
  try {
    if (result.rowCount * input.columns.length > MAX_CELLS) {
      throw new KustoError(
        'E_RUNAWAY_QUERY',
        'An operator of the query would hold too many rows in memory: filter or aggregate before it.',
      );
    }
    const cells: KustoValue[][] = input.columns.map(() => []);
    for await (const batch of result.batches()) {
      batch.columns.forEach((column, c) => {
        for (const value of column) cells[c]!.push(value);
      });
    }
    return { columns: input.columns, rowCount: result.rowCount, cells };
  } finally {
    await result.close();
  }
}
