import fc from 'fast-check';
import { KUSTO_TYPES, type KustoType } from '../../../src/values/index.js';
import { chance, oneOf, several, upTo } from './calls.js';
import { aggregate, expression, operand, predicate, windowCall, type Col } from './expressions.js';
import { LITERALS } from './literals.js';

type Draw = fc.GeneratorValue;

/** What stands after a pipe, and the columns that follow from it as far as is known. */
export type Step = (draw: Draw, columns: readonly Col[]) => { text: string; columns: readonly Col[] };

/** A computed column's type is a guess: one guessed wrongly is an operand that does not fit. */
const computed = (draw: Draw, name: string): Col => ({ name, type: oneOf(draw, KUSTO_TYPES) });
const column = (draw: Draw, columns: readonly Col[]): string => oneOf(draw, columns).name;
const ofType = (draw: Draw, columns: readonly Col[], type: KustoType): string =>
  columns.find((c) => c.type === type)?.name ?? column(draw, columns);
const replaced = (columns: readonly Col[], name: string, draw: Draw): readonly Col[] => [
  ...columns.filter((c) => c.name !== name),
  computed(draw, name),
];
const some = (draw: Draw, columns: readonly Col[]): readonly Col[] =>
  draw(fc.shuffledSubarray<Col>, [...columns], { minLength: 1 });
const names = (columns: readonly Col[]): string => columns.map((c) => c.name).join(', ');
const order = (draw: Draw): string => oneOf(draw, ['', ' asc', ' desc', ' asc nulls last', ' desc nulls first']);
const same =
  (write: (draw: Draw, columns: readonly Col[]) => string): Step =>
  (draw, columns) => ({ text: write(draw, columns), columns });

const AXES: readonly (readonly [KustoType, string])[] = [
  ['long', 'from 0 to 5 step 1'],
  ['datetime', 'from datetime(2020-01-01) to datetime(2020-03-01) step 7d'],
  ['timespan', 'from -1d to 3h step 1h'],
  ['real', 'from 0.0 to 2.0 step 0.5'],
];

/** Steps after which the columns are known. */
export const STEPS: Readonly<Record<string, Step>> = {
  where: same((draw, columns) => `where ${predicate(draw, columns)}`),
  whereAny: same((draw, columns) => `where ${expression(draw, columns)}`),
  sort: same((draw, columns) => `sort by ${several(draw, 1, 3, () => column(draw, columns) + order(draw)).join(', ')}`),
  top: same((draw, columns) => `top ${upTo(draw, -1, 4)} by ${column(draw, columns)}${order(draw)}`),
  take: same((draw) => `${oneOf(draw, ['take', 'limit', 'sample'])} ${upTo(draw, -1, 4)}`),
  distinct: (draw, columns) => {
    const kept = some(draw, columns);
    return chance(draw, 50) ? { text: 'distinct *', columns } : { text: `distinct ${names(kept)}`, columns: kept };
  },
  as: same(() => 'as hint.materialized=true A'),
  union: same((draw) => `union ${oneOf(draw, ['', 'kind=inner ', 'withsource=src ', 'isfuzzy=true '])}T`),
  invoke: same(() => 'invoke same()'),
  reorder: same((draw, columns) => `project-reorder ${names(some(draw, columns))}${oneOf(draw, ['', ', *', ' asc'])}`),
  // The binder gives a column of a taken name another one here, unlike extend.
  serialize: (draw, columns) => {
    const name = `w${columns.filter((c) => c.name.startsWith('w')).length}`;
    return { text: `serialize ${name} = ${windowCall(draw, columns)}`, columns: replaced(columns, name, draw) };
  },
  extend: (draw, columns) => ({
    text: `extend x = ${expression(draw, columns)}`,
    columns: replaced(columns, 'x', draw),
  }),
  project: (draw, columns) => {
    const kept = some(draw, columns);
    return { text: `${oneOf(draw, ['project', 'project-keep'])} ${names(kept)}`, columns: kept };
  },
  away: (draw, columns) => {
    const away = oneOf(draw, columns);
    if (columns.length < 2) return { text: 'project-away nothing*', columns };
    return { text: `project-away ${away.name}`, columns: columns.filter((c) => c !== away) };
  },
  rename: (draw, columns) => {
    const old = oneOf(draw, columns);
    return {
      text: `project-rename ['a b'] = ${old.name}`,
      columns: columns.map((c) => (c === old ? { name: "['a b']", type: c.type } : c)),
    };
  },
  summarize: (draw, columns) => {
    const by = chance(draw, 60) ? [oneOf(draw, columns)] : [];
    const calls = several(draw, 1, 2, (i) => `s${i} = ${aggregate(draw, columns)}`);
    return {
      text: `summarize ${calls.join(', ')}${by.length > 0 ? ` by ${names(by)}` : ''}`,
      columns: [...by.filter((c) => !/^s[01]$/.test(c.name)), ...calls.map((_, i) => computed(draw, `s${i}`))],
    };
  },
  join: same((draw, columns) => {
    const kind = oneOf(draw, [
      'kind=inner ',
      '',
      'kind=innerunique ',
      'kind=leftouter ',
      'kind=rightouter ',
      'kind=fullouter ',
      'kind=leftanti ',
      'kind=leftsemi ',
    ]);
    return `join ${kind}(T) on ${column(draw, columns)}`;
  }),
  lookup: same((draw, columns) => `lookup kind=${oneOf(draw, ['inner', 'leftouter'])} (T) on ${column(draw, columns)}`),
  expand: same((draw, columns) => {
    const options = oneOf(draw, ['', ' to typeof(long)', ' to typeof(string)', ' to typeof(datetime)', ' limit 2']);
    const kind = oneOf(draw, ['', 'bagexpansion=array ', 'with_itemindex=i ']);
    return `mv-expand ${kind}${ofType(draw, columns, 'dynamic')}${options}`;
  }),
  apply: same((draw, columns) => {
    const inner = oneOf(draw, [
      'where e > 1',
      'take 1',
      'sort by e',
      'summarize make_list(e)',
      'extend z = tostring(e)',
    ]);
    return `mv-apply e = ${ofType(draw, columns, 'dynamic')}${oneOf(draw, ['', ' to typeof(long)'])} on (${inner})`;
  }),
  parse: (draw, columns) => ({
    text: `parse${oneOf(draw, ['', '-where'])} ${oneOf(draw, ['', 'kind=relaxed ', 'kind=regex '])}${ofType(draw, columns, 'string')} with ${oneOf(draw, ['*', 'p0', ''])} ${oneOf(draw, LITERALS.string)} p1:${oneOf(draw, KUSTO_TYPES)}${oneOf(draw, [' *', ' ";" *', ''])}`,
    columns: replaced(columns, 'p1', draw),
  }),
  series: (draw, columns) => {
    const [type, range] = oneOf(draw, AXES);
    const axis = ofType(draw, columns, type);
    const by = chance(draw, 30) ? ` by ${column(draw, columns)}` : '';
    return {
      text: `make-series s0 = ${aggregate(draw, columns)}${oneOf(draw, ['', ' default = 0', ' default = long(null)'])} on ${axis} ${range}${by}`,
      columns: [
        { name: 's0', type: 'dynamic' },
        { name: axis, type: 'dynamic' },
      ],
    };
  },
};

const GRAPH = 'extend s = tolower(c_string) | make-graph c_string --> s with T on c_string';

/** Steps after which nothing is known: they end a query. */
export const ENDS: Readonly<Record<string, (draw: Draw, columns: readonly Col[]) => string>> = {
  count: () => 'count',
  getschema: () => 'getschema',
  consume: () => 'consume',
  render: (draw) => `render ${oneOf(draw, ['timechart', 'table', 'piechart', 'columnchart with (title="x;--")'])}`,
  facet: (draw, columns) => `facet by ${column(draw, columns)}${oneOf(draw, ['', ' with (take 1)'])}`,
  fork: (draw, columns) => `fork (where ${predicate(draw, columns)}) (count)`,
  partition: (draw, columns) =>
    `partition ${oneOf(draw, ['', 'hint.strategy=native '])}by ${column(draw, columns)} (${oneOf(draw, ['top 1 by c_long', 'summarize count()', 'take 1'])})`,
  hitters: (draw, columns) => `top-hitters ${upTo(draw, 0, 3)} of ${column(draw, columns)}`,
  nested: (draw, columns) =>
    `top-nested ${upTo(draw, 0, 3)} of ${column(draw, columns)}${oneOf(draw, ['', ' with others = "-"'])} by ${aggregate(draw, columns)}, top-nested of ${column(draw, columns)} by count()`,
  sampleDistinct: (draw, columns) => `sample-distinct 2 of ${column(draw, columns)}`,
  reduce: (draw, columns) => `reduce by ${ofType(draw, columns, 'string')}`,
  scan: (draw, columns) =>
    `serialize | scan declare (v: long = 0) with (step s1: ${predicate(draw, columns)} => v = v + 1; step s2: true;)`,
  search: (draw) =>
    `search ${oneOf(draw, ['"a"', '"x" or "1"', 'c_string:"a"', 'c_long > 1', 'kind=case_sensitive "A*"'])}`,
  find: (draw, columns) => `as F; find in (T) where ${predicate(draw, columns)}`,
  parseKv: (draw, columns) =>
    `parse-kv ${ofType(draw, columns, 'string')} as (a:long, b:string) with (pair_delimiter=${oneOf(draw, ['","', '" "', "'\"'"])}, kv_delimiter="=")`,
  graph: (draw) =>
    `${GRAPH} | ${oneOf(draw, ['graph-match (a)-[e]->(b) project a.c_string, e.c_long', 'graph-match (a)-[e*1..2]->(b) project n = array_length(e)', 'graph-to-table nodes', 'graph-shortest-paths (a)-[e*1..3]->(b) project a.c_string', 'graph-mark-components | graph-to-table nodes'])}`,
  joinSides: (draw, columns) =>
    `join kind=rightanti (T | where ${predicate(draw, columns)}) on $left.${column(draw, columns)} == $right.c_long`,
  plugin: (draw, columns) =>
    `evaluate ${oneOf(draw, [
      `bag_unpack(${ofType(draw, columns, 'dynamic')})`,
      `bag_unpack(${ofType(draw, columns, 'dynamic')}, "p_", columnsConflict="replace_source")`,
      `pivot(${column(draw, columns)}, ${aggregate(draw, columns)})`,
      'narrow()',
      `rows_near(${predicate(draw, columns)}, 1)`,
      `ipv4_lookup(T, ${ofType(draw, columns, 'string')}, c_string)`,
      `dcount_intersect(${ofType(draw, columns, 'dynamic')})`,
      `sliding_window_counts(c_string, c_datetime, datetime(2020-01-01), datetime(2020-03-01), 7d, 7d)`,
      `session_count(c_string, c_datetime, datetime(2020-01-01), datetime(2020-03-01), 7d, 7d)`,
      `activity_counts_metrics(c_string, c_datetime, datetime(2020-01-01), datetime(2020-03-01), 7d)`,
      `rolling_percentile(c_long, 50, c_datetime, 1d, 2)`,
      `autocluster()`,
      `basket()`,
      `diffpatterns(c_string, "a", "b")`,
      `schema_merge()`,
    ])}`,
  toscalar: (draw, columns) => `extend y = toscalar(T | summarize ${aggregate(draw, columns)})`,
  inTable: (draw, columns) =>
    `where ${column(draw, columns)} ${oneOf(draw, ['in', '!in', 'in~'])} ((T | project ${column(draw, columns)}))`,
  extendMany: (draw, columns) => `extend (a, b) = ${expression(draw, columns)}, ${operand(draw, 'long', columns, 1)}`,
};
