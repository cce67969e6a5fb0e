import { KustoError } from '../errors/index.js';
import type { Column } from '../plan/index.js';
import type { KustoValue } from '../values/index.js';

/** Rows in memory, by column: `cells[c][r]`. */
export interface Rows {
  readonly columns: readonly Column[];
  readonly rowCount: number;
  readonly cells: readonly (readonly KustoValue[])[];
}

/** An operator that no SQL can say. Pure: rows in, rows out, in the order of `columns`. */
export interface ProcedureDefinition {
  readonly name: string;
  /** Long computations rest now and then (see `Pace`), so that they can be cancelled and others can run. */
  run(call: ProcedureCall): Rows | Promise<Rows>;
}

export interface ProcedureCall {
  readonly inputs: readonly Rows[];
  /** Static arguments, in the shape that the operator's binder made. */
  readonly args: Readonly<Record<string, unknown>>;
  /** What the operator must yield; empty when only the data tells (see `OpenResult`). */
  readonly columns: readonly Column[];
  readonly signal: AbortSignal;
}

/** Cells that one procedure may hold in memory: of each input, and of its output. */
export const MAX_CELLS = 20_000_000;

/** Collects rows column by column. */
export class RowBuilder {
  private readonly cells: KustoValue[][];
  private count = 0;

  constructor(private readonly columns: readonly Column[]) {
    this.cells = columns.map(() => []);
  }

  add(row: readonly KustoValue[]): void {
    this.columns.forEach((column, c) => this.cells[c]!.push(row[c] ?? (column.type === 'string' ? '' : null)));
    this.count++;
    if (this.count * this.columns.length > MAX_CELLS) {
      throw new KustoError(
        'E_RUNAWAY_QUERY',
        'An operator of the query would yield too many rows to hold in memory: filter or aggregate before it.',
      );
    }
  }

  build(): Rows {
    return { columns: this.columns, rowCount: this.count, cells: this.cells };
  }
}
