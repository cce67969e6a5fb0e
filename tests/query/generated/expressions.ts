import type fc from 'fast-check';
import { KUSTO_TYPES, type KustoType } from '../../../src/values/index.js';
import { argument, chance, oneOf, upTo } from './calls.js';
import { LITERALS } from './literals.js';
import { AGGREGATES, SCALARS, WINDOWS, type Signature } from './signatures.js';

type Draw = fc.GeneratorValue;

export interface Col {
  readonly name: string;
  readonly type: KustoType;
}

export const COLUMNS: readonly Col[] = KUSTO_TYPES.map((type) => ({ name: `c_${type}`, type }));

/** A call of one of these functions over columns, literals and other calls. */
function callOf(draw: Draw, signatures: readonly Signature[], columns: readonly Col[], depth: number): string {
  const { name, parameters, least, most } = oneOf(draw, signatures);
  const args = Array.from({ length: upTo(draw, least, most) }, (_, i) => {
    const parameter = parameters[Math.min(i, parameters.length - 1)];
    const { type, constant, literals } = argument(draw, parameter, 1);
    return constant ? literals[0]! : operand(draw, type, columns, depth, literals);
  });
  return `${name}(${args.join(', ')})`;
}

/** An expression of the type, if it binds: a column, a literal, a converted call. */
export function operand(
  draw: Draw,
  type: KustoType,
  columns: readonly Col[],
  depth: number,
  literals: readonly string[] = LITERALS[type],
): string {
  const fitting = columns.filter((c) => c.type === type);
  if (fitting.length > 0 && chance(draw, 50)) return oneOf(draw, fitting).name;
  if (depth > 0 && chance(draw, 20)) return `to${type}(${callOf(draw, SCALARS, columns, depth - 1)})`;
  return oneOf(draw, literals);
}

export const aggregate = (draw: Draw, columns: readonly Col[]): string => callOf(draw, AGGREGATES, columns, 1);
export const windowCall = (draw: Draw, columns: readonly Col[]): string => callOf(draw, WINDOWS, columns, 0);

const COMPARISONS = ['==', '!=', '<', '<=', '>', '>='];
const TEXT_TESTS = ['has', '!has', 'contains', 'startswith', 'endswith_cs', 'hasprefix', '=~', '!~'];

/** A condition; it always binds, and may be null on some rows. */
export function predicate(draw: Draw, columns: readonly Col[], depth = 1): string {
  const type = oneOf(draw, KUSTO_TYPES);
  const of = (t: KustoType) => operand(draw, t, columns, 0);
  switch (upTo(draw, 0, depth > 0 ? 6 : 4)) {
    case 0:
      return of('bool');
    case 1:
      return `${of('string')} ${oneOf(draw, TEXT_TESTS)} ${of('string')}`;
    case 2:
      return `${oneOf(draw, ['isnull', 'isempty', 'isnotempty'])}(${of(type)})`;
    case 3:
      return `${of('long')} ${oneOf(draw, ['between', '!between'])} (${of('long')} .. ${of('long')})`;
    case 4: {
      const compared = type === 'dynamic' || type === 'bool' ? 'real' : type;
      const operators = compared === 'guid' || compared === 'string' ? ['==', '!='] : COMPARISONS;
      return `${of(compared)} ${oneOf(draw, operators)} ${of(compared)}`;
    }
    case 5:
      return `not(${predicate(draw, columns, depth - 1)})`;
    default:
      return `(${predicate(draw, columns, depth - 1)} ${oneOf(draw, ['and', 'or'])} ${predicate(draw, columns, depth - 1)})`;
  }
}

/** Any expression over the columns; most bind. */
export function expression(draw: Draw, columns: readonly Col[]): string {
  const any = () => operand(draw, oneOf(draw, KUSTO_TYPES), columns, 1);
  const form = upTo(draw, 0, 9);
  if (form < 6) return callOf(draw, SCALARS, columns, 2);
  if (form === 6) return `${any()} ${oneOf(draw, ['+', '-', '*', '/', '%', ...COMPARISONS, ...TEXT_TESTS])} ${any()}`;
  if (form === 7) return `${any()} in (${any()}, ${any()})`;
  if (form === 8) return `${operand(draw, 'dynamic', columns, 0)}[${any()}]`;
  return predicate(draw, columns);
}

/** A datatable of the ten types; no two rows need differ. */
export function datatable(draw: Draw): string {
  const row = () => COLUMNS.map(({ type }) => oneOf(draw, LITERALS[type])).join(', ');
  const rows = Array.from({ length: upTo(draw, 0, 6) }, row);
  return `datatable(${COLUMNS.map((c) => `${c.name}:${c.type}`).join(', ')})[${rows.join(',\n ')}]`;
}
