import fc from 'fast-check';
import { scalarFunctions } from '../../src/functions/index.js';
import { official } from '../../src/language/parser.js';
import { DUCKDB } from '../../src/sql/dialects/duckdb/index.js';
import { KUSTO_TYPES, type KustoType } from '../../src/values/index.js';

type Draw = fc.GeneratorValue;

interface Col {
  readonly name: string;
  readonly type: KustoType;
}

/** Literals of each type: nulls, extremes, text that other languages would read as their own. */
export const LITERALS: Readonly<Record<KustoType, readonly string[]>> = {
  bool: ['true', 'false', 'bool(null)'],
  int: ['int(0)', 'int(1)', 'int(-7)', 'int(2147483647)', 'int(-2147483648)', 'int(null)'],
  long: ['0', '1', '-1', '3', '17', '9223372036854775807', 'long(-9223372036854775808)', 'long(null)'],
  real: ['0.0', '-1.5', '2.25', '1e308', 'real(nan)', 'real(+inf)', 'real(-inf)', 'real(null)'],
  decimal: ['decimal(0)', 'decimal(-1.25)', 'decimal(12345678901234567.123456789)', 'decimal(null)'],
  datetime: [
    'datetime(2020-02-29T12:30:00.1234567Z)',
    'datetime(1969-12-31)',
    'datetime(0001-01-01)',
    'datetime(9999-12-31T23:59:59.9999999Z)',
    'datetime(null)',
  ],
  timespan: ['0s', '1h', '-3d', '1tick', 'timespan(10675199.02:48:05.4775807)', 'time(null)'],
  string: [
    '""',
    '"a"',
    '"Abc, dEf; x=1"',
    '"naïve 日本 👩‍🚀"',
    `"it's"`,
    '"%_\\\\"',
    '"12"',
    '"[1, 2]"',
    '"https://u:p@h.example:8/p?q=1#f"',
    '"1.2.3.4/24"',
    '"(a+"',
    '"(.)"',
    '"yyyy-MM-dd"',
    '"\\0\\n\\t"',
    `'{"a":{"b":[1,null]}}'`,
  ],
  guid: ['guid(74be27de-1e4e-49d9-b579-fe0b331d3642)', 'guid(00000000-0000-0000-0000-000000000000)', 'guid(null)'],
  dynamic: [
    'dynamic(null)',
    'dynamic([])',
    'dynamic({})',
    'dynamic([1, 2.5, null, "x", [3], {"k": true}])',
    'dynamic([3, 1, 2])',
    'dynamic(["b", "a", "b"])',
    'dynamic({"a": 1, "b": {"c": [1, 2]}, "": "e"})',
    'dynamic("text")',
    'dynamic(7)',
    'dynamic(9223372036854775807)',
    'dynamic({"type": "Point", "coordinates": [1.5, 2.5]})',
  ],
};

export const COLUMNS: readonly Col[] = KUSTO_TYPES.map((type) => ({ name: `c_${type}`, type }));

const oneOf = <T>(draw: Draw, items: readonly T[]): T => items[draw(fc.nat, { max: items.length - 1 })]!;
const chance = (draw: Draw, percent: number): boolean => draw(fc.integer, { min: 0, max: 99 }) < percent;
const upTo = (draw: Draw, min: number, max: number): number => draw(fc.integer, { min, max });
const several = <T>(draw: Draw, min: number, max: number, make: () => T): T[] =>
  Array.from({ length: upTo(draw, min, max) }, make);

/** A datatable of the ten types; no two rows need differ. */
function datatable(draw: Draw): string {
  const row = () => COLUMNS.map(({ type }) => oneOf(draw, LITERALS[type])).join(', ');
  return `datatable(${COLUMNS.map((c) => `${c.name}:${c.type}`).join(', ')})[${several(draw, 0, 6, row).join(',\n ')}]`;
}

interface Signature {
  readonly types: readonly (readonly KustoType[])[];
  readonly least: number;
  readonly most: number;
}

/** The calls that may be written, from the binder's own tables, of which Calypso answers. */
const FUNCTIONS = known(
  'Functions',
  (name) => DUCKDB.scalars.has(name) || scalarFunctions().some((f) => f.name === name),
);
const AGGREGATES = known('Aggregates', (name) => DUCKDB.aggregates.has(name));

/* eslint-disable @typescript-eslint/no-explicit-any -- symbols of the official binder carry no types */
function known(list: 'Functions' | 'Aggregates', answered: (name: string) => boolean): Map<string, Signature> {
  const kinds: Readonly<Record<number, readonly KustoType[]>> = {
    5: ['long', 'int'],
    6: ['real', 'decimal'],
    7: ['string', 'dynamic'],
    8: ['string', 'dynamic'],
    9: ['long', 'dynamic'],
    10: ['dynamic'],
    11: ['dynamic'],
    12: ['long', 'int', 'real', 'decimal'],
    13: ['long', 'real', 'bool'],
    14: ['long', 'real', 'decimal', 'timespan'],
  };
  const found = new Map<string, Signature>();
  const { Kusto, Bridge } = official();
  const listed = (Bridge as any).toArray as (netList: unknown) => any[];
  for (const symbol of listed(Kusto.Language[list].All)) {
    if (!answered(symbol.Name)) continue;
    const types = listed(listed(symbol.Signatures)[0].Parameters).map((parameter) => {
      const declared = listed(parameter.DeclaredTypes).map((t) => t.Name as KustoType);
      const fitting = declared.filter((t) => KUSTO_TYPES.includes(t));
      return fitting.length > 0 ? fitting : (kinds[parameter.TypeKind as number] ?? KUSTO_TYPES);
    });
    const least = Math.min(symbol.MinArgumentCount, 6);
    found.set(symbol.Name, { types, least, most: Math.max(least, Math.min(symbol.MaxArgumentCount, least + 3)) });
  }
  return found;
}
/* eslint-enable @typescript-eslint/no-explicit-any */

/** A call of a function: arguments fit the signature four times in five. */
function call(draw: Draw, functions: Map<string, Signature>, columns: readonly Col[], depth: number): string {
  const name = oneOf(draw, [...functions.keys()]);
  const { types, least, most } = functions.get(name)!;
  const args = Array.from({ length: upTo(draw, least, most) }, (_, i) => {
    const fitting = types[Math.min(i, types.length - 1)] ?? KUSTO_TYPES;
    return operand(draw, oneOf(draw, chance(draw, 85) ? fitting : KUSTO_TYPES), columns, depth);
  });
  return `${name}(${args.join(', ')})`;
}

/** An expression of the type, if it binds: a column, a literal, a converted call. */
function operand(draw: Draw, type: KustoType, columns: readonly Col[], depth: number): string {
  const fitting = columns.filter((c) => c.type === type);
  if (fitting.length > 0 && chance(draw, 50)) return oneOf(draw, fitting).name;
  if (depth > 0 && chance(draw, 20)) return `to${type}(${call(draw, FUNCTIONS, columns, depth - 1)})`;
  return oneOf(draw, LITERALS[type]);
}

const COMPARISONS = ['==', '!=', '<', '<=', '>', '>='];
const TEXT_TESTS = ['has', '!has', 'contains', 'startswith', 'endswith_cs', 'hasprefix', 'matches regex', '=~', '!~'];

/** A condition; it always binds, and may be null on some rows. */
export function predicate(draw: Draw, columns: readonly Col[], depth = 1): string {
  const form = upTo(draw, 0, depth > 0 ? 6 : 4);
  const type = oneOf(draw, KUSTO_TYPES);
  const of = (t: KustoType) => operand(draw, t, columns, 0);
  switch (form) {
    case 0:
      return of('bool');
    case 1:
      return `${of('string')} ${oneOf(
        draw,
        TEXT_TESTS.filter((t) => t !== 'matches regex'),
      )} ${of('string')}`;
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

function expression(draw: Draw, columns: readonly Col[]): string {
  const any = () => operand(draw, oneOf(draw, KUSTO_TYPES), columns, 1);
  const form = upTo(draw, 0, 9);
  if (form < 6) return call(draw, FUNCTIONS, columns, 1);
  if (form === 6) return `${any()} ${oneOf(draw, ['+', '-', '*', '/', '%', ...COMPARISONS, ...TEXT_TESTS])} ${any()}`;
  if (form === 7) return `${any()} in (${any()}, ${any()})`;
  if (form === 8) return `${operand(draw, 'dynamic', columns, 0)}[${any()}]`;
  return predicate(draw, columns);
}

type Step = (draw: Draw, columns: readonly Col[]) => { text: string; columns: readonly Col[] };

/** A computed column's type is a guess: one guessed wrongly is an operand that does not fit. */
const computed = (draw: Draw, name: string): Col => ({ name, type: oneOf(draw, KUSTO_TYPES) });
const column = (draw: Draw, columns: readonly Col[]): string => oneOf(draw, columns).name;
const ofType = (draw: Draw, columns: readonly Col[], type: KustoType): string =>
  columns.find((c) => c.type === type)?.name ?? column(draw, columns);
const replaced = (columns: readonly Col[], name: string, draw: Draw): readonly Col[] => [
  ...columns.filter((c) => c.name !== name),
  computed(draw, name),
];

const STEPS: Readonly<Record<string, Step>> = {
  where: (draw, columns) => ({ text: `where ${predicate(draw, columns)}`, columns }),
  whereAny: (draw, columns) => ({ text: `where ${expression(draw, columns)}`, columns }),
  extend: (draw, columns) => ({
    text: `extend x = ${expression(draw, columns)}`,
    columns: replaced(columns, 'x', draw),
  }),
  project: (draw, columns) => {
    const kept = draw(fc.shuffledSubarray<Col>, [...columns], { minLength: 1 });
    return { text: `project ${kept.map((c) => c.name).join(', ')}`, columns: kept };
  },
  summarize: (draw, columns) => {
    const by = chance(draw, 60) ? [oneOf(draw, columns)] : [];
    const calls = several(draw, 1, 2, () => call(draw, AGGREGATES, columns, 1)).map((c, i) => `s${i} = ${c}`);
    return {
      text: `summarize ${calls.join(', ')}${by.length > 0 ? ` by ${by[0]!.name}` : ''}`,
      columns: [...by.filter((c) => !/^s[01]$/.test(c.name)), ...calls.map((_, i) => computed(draw, `s${i}`))],
    };
  },
  sort: (draw, columns) => ({
    text: `sort by ${several(draw, 1, 3, () => `${column(draw, columns)} ${oneOf(draw, ['asc', 'desc', 'asc nulls last', 'desc nulls first'])}`).join(', ')}`,
    columns,
  }),
  top: (draw, columns) => ({ text: `top ${upTo(draw, -1, 4)} by ${column(draw, columns)}`, columns }),
  take: (draw, columns) => ({ text: `take ${upTo(draw, -1, 4)}`, columns }),
  join: (draw, columns) => {
    const kind = oneOf(draw, ['inner', 'innerunique', 'leftouter', 'rightouter', 'fullouter', 'leftanti', 'rightsemi']);
    return { text: `join kind=${kind} (T) on ${column(draw, columns)}`, columns };
  },
  union: (draw, columns) => ({ text: `union ${oneOf(draw, ['', 'kind=inner ', 'withsource=src '])}T`, columns }),
  expand: (draw, columns) => {
    const options = oneOf(draw, ['', ' to typeof(long)', ' to typeof(string)', ' limit 2']);
    return { text: `mv-expand ${ofType(draw, columns, 'dynamic')}${options}`, columns };
  },
  parse: (draw, columns) => ({
    text: `parse${oneOf(draw, ['', '-where'])} ${oneOf(draw, ['', 'kind=relaxed '])}${ofType(draw, columns, 'string')} with ${oneOf(draw, ['*', 'p0', ''])} ${oneOf(draw, LITERALS.string)} p1:${oneOf(draw, KUSTO_TYPES)}${oneOf(draw, [' *', ' ";" *', ''])}`,
    columns: replaced(columns, 'p1', draw),
  }),
  distinct: (_draw, columns) => ({ text: `distinct *`, columns }),
  series: (draw, columns) => {
    const on = oneOf<[KustoType, string]>(draw, [
      ['long', 'from 0 to 5 step 1'],
      ['datetime', 'from datetime(2020-01-01) to datetime(2020-03-01) step 7d'],
      ['timespan', 'from -1d to 3h step 1h'],
      ['real', 'from 0.0 to 2.0 step 0.5'],
    ]);
    return {
      text: `make-series s0 = ${call(draw, AGGREGATES, columns, 0)} on ${ofType(draw, columns, on[0])} ${on[1]}`,
      columns: [
        { name: 's0', type: 'dynamic' },
        { name: ofType(draw, columns, on[0]), type: 'dynamic' },
      ],
    };
  },
};

/** A whole query: `let T = datatable …; T | … | …`. */
export const queries: fc.Arbitrary<string> = fc.gen().map((draw) => {
  let columns = COLUMNS;
  const steps = several(draw, 1, 4, () => {
    const step = STEPS[oneOf(draw, Object.keys(STEPS))]!(draw, columns);
    columns = step.columns;
    return step.text;
  });
  return `let T = ${datatable(draw)};\nT\n| ${steps.join('\n| ')}`;
});

/** A scalar call over literals alone, as `print` evaluates it. */
export const prints: fc.Arbitrary<string> = fc.gen().map((draw) => `print ${expression(draw, [])}`);

/** A table and a condition over it. */
export const tablesWithPredicates: fc.Arbitrary<{ table: string; where: string }> = fc
  .gen()
  .map((draw) => ({ table: datatable(draw), where: predicate(draw, COLUMNS) }));

/** Text written as a KQL string literal. */
export const quoted = (text: string): string => `'${text.replace(/['\\\0\r\n]/g, (c) => ESCAPES[c]!)}'`;
const ESCAPES: Readonly<Record<string, string>> = { "'": "\\'", '\\': '\\\\', '\0': '\\0', '\r': '\\r', '\n': '\\n' };
