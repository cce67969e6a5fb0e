import type { CompiledSql, Engine, InputTable } from '../engines/engine.js';
import { KustoError } from '../errors/index.js';
import {
  freeColumns,
  literal,
  mapRelation,
  mapScalars,
  type Apply,
  type Procedure,
  type Relation,
} from '../plan/index.js';
import { MAX_CELLS, procedure, type Rows } from '../procedures/index.js';
import type { ColumnBatch, KustoValue } from '../values/index.js';

/** A plan without procedures: each has run, and its rows are an input table of the SQL. */
export interface Resolved {
  readonly relation: Relation;
  readonly inputs: readonly InputTable[];
}

type Compile = (
  relation: Relation,
  inputs: readonly InputTable[],
) => Promise<{ readonly sql: CompiledSql; release(): Promise<void> }>;

/** Rows for which a pipeline with a procedure in it runs, one after the other. */
const MAX_APPLIED_ROWS = 10_000;

/**
 * Runs the procedures of a plan, innermost first: the SQL of its input, the procedure over the rows, and the result in
 * the place of the node.
 */
export function resolveProcedures(
  relation: Relation,
  engine: Engine,
  compile: Compile,
  signal: AbortSignal,
): Promise<Resolved> {
  return new Resolution(engine, compile, signal).resolve(relation);
}

class Resolution {
  private readonly inputs: InputTable[] = [];

  constructor(
    private readonly engine: Engine,
    private readonly compile: Compile,
    private readonly signal: AbortSignal,
  ) {}

  async resolve(relation: Relation): Promise<Resolved> {
    return { relation: await this.withoutProcedures(relation), inputs: this.inputs };
  }

  private async withoutProcedures(relation: Relation): Promise<Relation> {
    let current = relation;
    for (;;) {
      const next = innermost(current);
      if (!next) return current;
      const rows = next.kind === 'procedure' ? await this.run(next) : await this.runForEach(next);
      current = replaced(current, next, this.stored(rows, next.columns));
    }
  }

  /** Keeps rows as an input table; the node that reads them. */
  private stored(rows: Rows, columns: Relation['columns']): Relation {
    const name = `procedure${this.inputs.length}`;
    const batch: ColumnBatch = { rowCount: rows.rowCount, columns: rows.cells };
    this.inputs.push({ name, types: columns.map((column) => column.type), batches: [batch] });
    return { kind: 'stored', table: name, names: columns.map((_, i) => `c${i}`), columns };
  }

  private async run(node: Procedure): Promise<Rows> {
    const definition = procedure(node.name);
    if (!definition) throw new KustoError('CAL0001', `${node.name} is not supported.`, { span: node.span });
    const rows: Rows[] = [];
    for (const input of node.inputs) rows.push(await this.collect(input));
    return definition.run({ inputs: rows, args: node.args, columns: node.columns, signal: this.signal });
  }

  /** partition and mv-apply whose body has a procedure: the body runs for one row after the other. */
  private async runForEach(node: Apply): Promise<Rows> {
    const outer = await this.collect(node.input);
    if (outer.rowCount > MAX_APPLIED_ROWS) {
      throw new KustoError('E_RUNAWAY_QUERY', `An operator of the query runs for more than ${MAX_APPLIED_ROWS} rows.`);
    }
    const body = await this.withSharedStored(node.body);
    const cells: KustoValue[][] = node.columns.map(() => []);
    let rowCount = 0;
    for (let r = 0; r < outer.rowCount; r++) {
      const values = new Map(node.input.columns.map((column, c) => [column.id, outer.cells[c]![r]!]));
      const rows = await this.collect(
        await this.withoutProcedures(
          mapScalars(renewed(body), (scalar) =>
            scalar.kind === 'column' && values.has(scalar.id) ? literal(scalar.type, values.get(scalar.id)!) : scalar,
          ),
        ),
      );
      rowCount += rows.rowCount;
      node.columns.forEach((column, c) => {
        const own = body.columns.findIndex((candidate) => candidate.id === column.id);
        for (let k = 0; k < rows.rowCount; k++) {
          cells[c]!.push(own < 0 ? values.get(column.id)! : rows.cells[own]![k]!);
        }
      });
    }
    return { columns: node.columns, rowCount, cells };
  }

  /** What every run of a body reads is computed once. */
  private async withSharedStored(body: Relation): Promise<Relation> {
    const found = new Map<number, Relation>();
    mapRelation(body, (node) => {
      if (node.kind === 'shared' && freeColumns(node).length === 0) found.set(node.key, node);
      return node;
    });
    const stored = new Map<number, Relation>();
    for (const [key, node] of found) stored.set(key, this.stored(await this.collect(node), node.columns));
    return mapRelation(body, (node) => (node.kind === 'shared' ? (stored.get(node.key) ?? node) : node));
  }

  private async collect(input: Relation): Promise<Rows> {
    const { sql, release } = await this.compile(input, this.inputs);
    try {
      const result = await this.engine.run(sql, this.signal);
      try {
        if (result.rowCount * input.columns.length > MAX_CELLS) {
          throw new KustoError(
            'E_RUNAWAY_QUERY',
            'An operator of the query would hold too many rows in memory: filter or aggregate before it.',
          );
        }
        const cells: KustoValue[][] = input.columns.map(() => []);
        for await (const batch of result.batches()) {
          batch.columns.slice(0, cells.length).forEach((column, c) => {
            for (const value of column) cells[c]!.push(value);
          });
        }
        return { columns: input.columns, rowCount: result.rowCount, cells };
      } finally {
        await result.close();
      }
    } finally {
      await release();
    }
  }
}

type Runnable = Procedure | Apply;

/** The first procedure that can run, or the first pipeline-for-each-row with one in it. What stands in a body waits. */
function innermost(relation: Relation): Runnable | undefined {
  const runnable = runnableIn(relation);
  const waiting = new Set(
    runnable.flatMap((node) => (node.kind === 'apply' ? runnableIn(node.body) : [])).map((node) => node.columns),
  );
  return runnable.find((node) => !waiting.has(node.columns));
}

/** Innermost first. */
function runnableIn(relation: Relation): Runnable[] {
  const found: Runnable[] = [];
  mapRelation(relation, (node) => {
    if (
      node.kind === 'procedure' ||
      (node.kind === 'apply' && (isBoundToRow(node.body) || runnableIn(node.body).length > 0))
    )
      found.push(node);
    return node;
  });
  return found;
}

/** True where a part that is computed once or apart (`as`, toscalar) reads the outer row: no SQL has a place for it. */
function isBoundToRow(body: Relation): boolean {
  let found = false;
  const test = (part: Relation): void => {
    found ||= freeColumns(part).length > 0;
  };
  mapRelation(body, (node) => {
    if (node.kind === 'shared') test(node);
    return node;
  });
  mapScalars(body, (scalar) => {
    if (scalar.kind === 'subquery' || scalar.kind === 'inRelation') test(scalar.relation);
    return scalar;
  });
  return found;
}

/** Nodes are rebuilt on the way up, so the node is told by its list of columns, which no other node has. */
function replaced(relation: Relation, target: Runnable, stored: Relation): Relation {
  return mapRelation(relation, (node) =>
    node.kind === target.kind && node.columns === target.columns ? stored : node,
  );
}

/** The same plan in new nodes, so that one run's procedures are not taken for another's. */
const renewed = (body: Relation): Relation =>
  mapRelation(body, (node) => (node.kind === 'procedure' ? { ...node, columns: [...node.columns] } : node));
