import type { Column, Scalar } from '../plan/index.js';
import type { KustoValue } from '../values/index.js';
import { evaluator, type Evaluator } from './evaluate.js';
import { RowBuilder, type ProcedureDefinition, type Rows } from './procedure.js';

/** What the operator's binder hands over. */
export interface ScanArguments {
  readonly declared: readonly { readonly column: Column; readonly otherwise: KustoValue }[];
  readonly steps: readonly ScanStep[];
  readonly matchId: boolean;
  /** Ids of the input's columns; columns behind them are the constants, then the keys of the partitions. */
  readonly inputIds: readonly number[];
  /** Ids of columns that are the same in every row. */
  readonly constantIds: readonly number[];
}

export interface ScanStep {
  readonly output: 'all' | 'last' | 'none';
  readonly condition: Scalar;
  /** Assignments to declared columns, by position. */
  readonly assignments: readonly { readonly target: number; readonly value: Scalar }[];
  /** Ids under which expressions see this step's state: the input's columns, then the declared ones. */
  readonly stateIds: readonly number[];
  /** Ids of the declared columns as this step's own expressions see them without a prefix. */
  readonly ownIds: readonly number[];
}

interface State {
  readonly matchId: bigint;
  /** Input columns of the last row that matched, then the declared columns; by step. */
  readonly values: readonly (readonly KustoValue[] | undefined)[];
  /** Row held back by output=last. */
  readonly pending?: { readonly row: readonly KustoValue[]; readonly declared: readonly KustoValue[] };
}

/**
 * scan: each step holds at most one state (a sequence that has reached it). A row is tried on the steps from the last
 * to the first: on step k it takes over step k-1's state if that fits, else it goes on with step k's; on the first step
 * it begins a new sequence (reference: scan operator page, "Matching logic").
 */
export const SCAN: ProcedureDefinition = {
  name: 'scan',
  run({ inputs: [input], args, columns }) {
    const scan = new ScanRun(args as unknown as ScanArguments, columns);
    return scan.over(input!);
  },
};

/** Row numbers of each partition; the keys are the columns from `width` on. */
function partitions(input: Rows, width: number): Iterable<Iterable<number>> {
  const keys = input.cells.slice(width);
  const found = new Map<string, number[]>();
  for (let r = 0; r < input.rowCount; r++) {
    const key = keys.map((cell) => `${typeof cell[r]}:${String(cell[r])}`).join('\0');
    const rows = found.get(key);
    if (rows) rows.push(r);
    else found.set(key, [r]);
  }
  return found.values();
}

class ScanRun {
  private readonly conditions: readonly Evaluator[];
  private readonly computations: readonly (readonly { readonly target: number; readonly value: Evaluator }[])[];
  private readonly states: (State | undefined)[];
  private readonly output: RowBuilder;
  private constants: readonly (readonly [number, KustoValue])[] = [];
  private nextMatch = 0n;

  constructor(
    private readonly args: ScanArguments,
    columns: readonly Column[],
  ) {
    this.conditions = args.steps.map((step) => evaluator(step.condition));
    this.computations = args.steps.map((step) =>
      step.assignments.map(({ target, value }) => ({ target, value: evaluator(value) })),
    );
    this.states = args.steps.map(() => undefined);
    this.output = new RowBuilder(columns);
  }

  over(input: Rows): Rows {
    const { inputIds, constantIds } = this.args;
    const cells = input.cells.slice(0, inputIds.length);
    this.constants = constantIds.map((id, i) => [id, input.cells[inputIds.length + i]![0] ?? null]);
    for (const rows of partitions(input, inputIds.length + constantIds.length)) {
      this.states.fill(undefined);
      for (const r of rows) this.row(cells.map((cell) => cell[r]!));
      this.args.steps.forEach((_, k) => this.flush(this.states[k], k));
    }
    return this.output.build();
  }

  private row(row: readonly KustoValue[]): void {
    for (let k = this.args.steps.length - 1; k >= 0; k--) {
      const own = this.states[k];
      const before = k > 0 ? this.states[k - 1] : undefined;
      if (before && this.matches(k, row, before)) {
        this.flush(own, k);
        this.flush(before, k - 1);
        this.states[k - 1] = undefined;
        this.advance(k, row, before);
      } else if (k === 0) {
        const begun = own ?? { matchId: this.nextMatch, values: this.args.steps.map(() => undefined) };
        if (!this.matches(k, row, begun)) continue;
        this.flush(own, k);
        if (!own) this.nextMatch++;
        this.advance(k, row, begun);
      } else if (own && this.matches(k, row, own)) {
        this.advance(k, row, own);
      }
    }
  }

  private environment(
    k: number,
    row: readonly KustoValue[],
    state: State,
    declared: readonly KustoValue[],
  ): Map<number, KustoValue> {
    const { steps, inputIds } = this.args;
    const environment = new Map<number, KustoValue>(this.constants);
    inputIds.forEach((id, i) => environment.set(id, row[i]!));
    steps.forEach((step, s) => {
      const values = state.values[s];
      step.stateIds.forEach((id, i) => {
        const unset = i >= inputIds.length ? this.args.declared[i - inputIds.length]!.otherwise : null;
        environment.set(id, values ? values[i]! : unset);
      });
    });
    steps[k]!.ownIds.forEach((id, i) => environment.set(id, declared[i]!));
    return environment;
  }

  private declaredOf(k: number, state: State): KustoValue[] {
    const width = this.args.inputIds.length;
    return this.args.declared.map((column, i) => state.values[k]?.[width + i] ?? column.otherwise);
  }

  private matches(k: number, row: readonly KustoValue[], state: State): boolean {
    return this.conditions[k]!(this.environment(k, row, state, this.declaredOf(k, state))) === true;
  }

  private advance(k: number, row: readonly KustoValue[], state: State): void {
    const declared = this.declaredOf(k, state);
    const environment = this.environment(k, row, state, declared);
    for (const { target, value } of this.computations[k]!) {
      declared[target] = value(environment);
      environment.set(this.args.steps[k]!.ownIds[target]!, declared[target]!);
    }
    const values = state.values.map((held, s) => (s === k ? [...row, ...declared] : held));
    const output = this.args.steps[k]!.output;
    this.states[k] = { matchId: state.matchId, values, ...(output === 'last' && { pending: { row, declared } }) };
    if (output === 'all') this.emit(row, declared, state.matchId);
  }

  private flush(state: State | undefined, k: number): void {
    if (state?.pending && this.args.steps[k]!.output === 'last')
      this.emit(state.pending.row, state.pending.declared, state.matchId);
  }

  private emit(row: readonly KustoValue[], declared: readonly KustoValue[], matchId: bigint): void {
    this.output.add([...row, ...declared, ...(this.args.matchId ? [matchId] : [])]);
  }
}
