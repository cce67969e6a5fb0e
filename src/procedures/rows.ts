import { KustoError } from '../errors/index.js';
import { stringOf } from '../functions/text.js';
import type { KustoValue } from '../values/index.js';
import { RowBuilder, type ProcedureDefinition } from './procedure.js';

/** A row for each cell: number of the row, name of the column, text of the value. `args.names` are the columns' names. */
const NARROW: ProcedureDefinition = {
  name: 'narrow',
  run({ inputs: [input], args, columns }) {
    const names = args.names as readonly string[];
    const output = new RowBuilder(columns);
    for (let r = 0; r < input!.rowCount; r++) {
      names.forEach((name, c) => {
        output.add([BigInt(r), name, stringOf(input!.cells[c]![r]!, input!.columns[c]!.type)]);
      });
    }
    return output.build();
  },
};

/** Rows `condition, columns…`; constants: rows before, rows after. */
const ROWS_NEAR: ProcedureDefinition = {
  name: 'rows_near',
  run({ inputs: [input, constants], columns }) {
    const [before, after] = constants!.cells.map((cells) => Number(cells[0] ?? 0)) as [number, number];
    const near = new Uint8Array(input!.rowCount);
    input!.cells[0]!.forEach((matches, r) => {
      if (matches === true) near.fill(1, Math.max(0, r - before), Math.min(near.length, r + after + 1));
    });
    const output = new RowBuilder(columns);
    near.forEach((kept, r) => {
      if (kept) output.add(input!.cells.slice(1).map((cells) => cells[r]!));
    });
    return output.build();
  },
};

/** Rows `value, distance from first, distance between neighbours, restart, columns…`; adds the session's beginning. */
const ROW_WINDOW_SESSION: ProcedureDefinition = {
  name: 'row_window_session',
  run({ inputs: [input], columns }) {
    const [values, fromFirst, between, restart, ...others] = input!.cells as [
      KustoValue[],
      KustoValue[],
      KustoValue[],
      KustoValue[],
    ];
    const plus = (a: KustoValue, b: KustoValue): KustoValue => (a as number) + (b as number);
    const begun: KustoValue[] = [];
    for (let r = 0; r < input!.rowCount; r++) {
      const [value, first, previous] = [values[r]!, begun[r - 1] ?? null, values[r - 1] ?? null];
      const goes =
        value !== null &&
        first !== null &&
        previous !== null &&
        restart[r] !== true &&
        fromFirst[r] !== null &&
        between[r] !== null &&
        value < plus(first, fromFirst[r]!)! &&
        value < plus(previous, between[r]!)!;
      begun.push(goes ? first : value);
    }
    return { columns, rowCount: input!.rowCount, cells: [...others, begun] };
  },
};

const OUT_OF_ORDER = 'ERROR(columns are out of order)';

/**
 * Rows of getschema: name, ordinal, CLR type, type. Constant: whether a column must keep the ordinal that it had first.
 * A merged column stands behind all that any schema has before it; columns in error come last, without an ordinal.
 */
const SCHEMA_MERGE: ProcedureDefinition = {
  name: 'schema_merge',
  run({ inputs: [input, constants], columns }) {
    const preserve = constants!.cells[0]?.[0] !== false;
    const merged = new Map<string, { ordinal: number; clrType: string; type: string; misplaced: boolean }>();
    for (let r = 0; r < input!.rowCount; r++) {
      const [name, ordinal, clrType, type] = input!.cells.map((cells) => String(cells[r])) as [string, ...string[]];
      const known = merged.get(name);
      if (!known) {
        merged.set(name, { ordinal: Number(ordinal), clrType: clrType!, type: type!, misplaced: false });
        continue;
      }
      if (known.type !== type) {
        throw new KustoError(
          'CAL0001',
          `schema_merge(): '${name}' is ${known.type} and ${type}: this is not supported.`,
        );
      }
      known.misplaced ||= preserve && known.ordinal !== Number(ordinal);
      known.ordinal = Math.max(known.ordinal, Number(ordinal));
    }
    const all = [...merged].sort(([, a], [, b]) => a.ordinal - b.ordinal);
    const output = new RowBuilder(columns);
    const placed = all.filter(([, column]) => !column.misplaced);
    placed.forEach(([name, { clrType, type }], i) => output.add([name, BigInt(i), clrType, type]));
    for (const [name] of all.filter(([, column]) => column.misplaced)) {
      output.add([name, -1n, `ERROR(unknown CSL type:${OUT_OF_ORDER})`, OUT_OF_ORDER]);
    }
    return output.build();
  },
};

export const ROWS: readonly ProcedureDefinition[] = [NARROW, ROWS_NEAR, ROW_WINDOW_SESSION, SCHEMA_MERGE];
