import fc from 'fast-check';
import { KUSTO_TYPES, type KustoType } from '../../../src/values/index.js';
import { chance, oneOf, several, upTo } from './calls.js';
import { aggregate, COLUMNS, expression, operand, predicate, windowCall, type Col } from './expressions.js';
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

const SCALAR_TYPES = KUSTO_TYPES.filter((type) => type !== 'dynamic');
const JOINS = [
  'inner',
  'innerunique',
  'leftouter',
  'rightouter',
  'fullouter',
  'leftanti',
  'rightanti',
  'leftsemi',
  'rightsemi',
  'anti',
  'leftantisemi',
  'rightantisemi',
];
const HINTS = ['', 'hint.strategy=broadcast ', 'hint.shufflekey=c_long '];
const RIGHTS = [
  'T',
  'T | where c_bool',
  'T | summarize n = count() by c_long, c_string, c_guid',
  'T | project c_long, c_int, x = c_string, c_dynamic',
  'T | take 0',
];
const UNITED = [
  'T',
  '(T | project c_long = tostring(c_long), c_string)',
  '(print extra = 1)',
  '(T | project x = c_dynamic)',
  '(datatable(c_int: long, c_string: int)[1, 2])',
];
const DEFAULTS = [
  '',
  ' default = 0',
  ' default = -1.5',
  ' default = real(nan)',
  ' default = "x"',
  ' default = long(null)',
];
function onClause(draw: Draw, columns: readonly Col[]): string {
  const left = oneOf(draw, columns);
  const right = COLUMNS.find((c) => c.type === left.type)!.name;
  return oneOf(draw, [left.name, `$left.${left.name} == $right.${right}`, `$right.${right} == $left.${left.name}`]);
}

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
  joinOn: (draw, columns) => ({
    text: `join ${oneOf(draw, HINTS)}kind=${oneOf(draw, JOINS)} (${oneOf(draw, RIGHTS)}) on ${several(draw, 1, 2, () => onClause(draw, columns)).join(', ')}`,
    columns,
  }),
  expandMany: same((draw, columns) => {
    const types = ['', ' to typeof(long)', ' to typeof(string)', ' to typeof(real)', ' to typeof(bool)'];
    const items = several(draw, 1, 3, (i) => {
      const source = oneOf(draw, [ofType(draw, columns, 'dynamic'), `e${i} = ${operand(draw, 'dynamic', columns, 1)}`]);
      return `${source}${oneOf(draw, types)}`;
    });
    return `mv-expand ${oneOf(draw, ['', 'kind=array ', 'bagexpansion=bag ', 'with_itemindex=n '])}${items.join(', ')}${oneOf(draw, ['', ' limit 1', ' limit 3'])}`;
  }),
  applyMany: same((draw, columns) => {
    const inner = oneOf(draw, [
      'summarize n = count(), m = max(tostring(e))',
      'top 1 by tostring(e)',
      'where isnotnull(e) | extend k = row_number()',
      'project z = e, c_long',
      'mv-expand e | count',
      'distinct tostring(e)',
    ]);
    return `mv-apply ${oneOf(draw, ['', 'with_itemindex=n '])}e = ${operand(draw, 'dynamic', columns, 1)}${oneOf(draw, ['', ' to typeof(string)', ' to typeof(real)'])}${oneOf(draw, ['', ' limit 2'])} on (${inner})`;
  }),
  unions: (draw, columns) => ({
    text: `union ${oneOf(draw, ['', 'kind=outer ', 'kind=inner '])}${oneOf(draw, ['', 'withsource=src ', 'withsource=c_long '])}${several(draw, 1, 2, () => oneOf(draw, UNITED)).join(', ')}`,
    columns,
  }),
  binned: (draw, columns) => {
    const keys = several(draw, 1, 3, () =>
      oneOf(draw, [
        `bin(${ofType(draw, columns, 'datetime')}, 1d)`,
        `bin(${ofType(draw, columns, 'long')}, 5)`,
        `bin(${ofType(draw, columns, 'real')}, 0.5)`,
        `bin(${ofType(draw, columns, 'timespan')}, 1h)`,
        `g = ${operand(draw, oneOf(draw, SCALAR_TYPES), columns, 1)}`,
        column(draw, columns),
      ]),
    );
    const calls = several(draw, 1, 3, (i) => `s${i} = ${aggregate(draw, columns)}`);
    return {
      text: `summarize ${calls.join(', ')} by ${keys.join(', ')}`,
      columns: calls.map((_, i) => computed(draw, `s${i}`)),
    };
  },
  gaps: (draw, columns) => {
    const [type, range] = oneOf(draw, AXES);
    const axis = ofType(draw, columns, type);
    const calls = several(draw, 1, 2, (i) => `s${i} = ${aggregate(draw, columns)}${oneOf(draw, DEFAULTS)}`);
    const step = /step .*/.exec(range)![0];
    return {
      text: `make-series ${oneOf(draw, ['', 'kind=nonempty '])}${calls.join(', ')} on ${axis} ${oneOf(draw, [range, step])}${oneOf(draw, ['', ` by ${column(draw, columns)}`, ` by ${column(draw, columns)}, k = ${predicate(draw, columns, 0)}`])}`,
      columns: [{ name: 's0', type: 'dynamic' }],
    };
  },
  parseMany: (draw, columns) => ({
    text: `parse${oneOf(draw, ['', '-where'])} ${oneOf(draw, ['', 'kind=simple ', 'kind=relaxed ', 'kind=regex flags=Ui ', 'kind=regex flags=s '])}${operand(draw, 'string', columns, 1)} with ${oneOf(draw, ['', '* '])}${several(draw, 1, 3, (i) => `${oneOf(draw, ['"a"', '","', '"="', '" "', '"[a-c]+"', '"\\\\d*"', '"1"'])} p${i}${oneOf(draw, ['', ':long', ':real', ':datetime', ':guid', ':dynamic', ':bool'])}`).join(' ')}${oneOf(draw, ['', ' *', ' "x"'])}`,
    columns: [...columns.filter((c) => !/^p\d$/.test(c.name)), { name: 'p0', type: 'string' }],
  }),
  serialized: (draw, columns) => ({
    text: `sort by ${column(draw, columns)}${order(draw)} | extend w = ${windowCall(draw, columns)}, v = ${windowCall(draw, columns)}`,
    columns: replaced(columns, 'w', draw),
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
  scanMany: (draw, columns) =>
    `sort by ${column(draw, columns)} | scan ${oneOf(draw, ['', 'with_match_id=m '])}declare (v: ${oneOf(draw, ['long = 0', 'real = 1.5', 'string = "x"', 'dynamic = dynamic([1])', 'datetime', 'bool = true', 'decimal = decimal(1)'])}) with (step a${oneOf(draw, ['', ' output=last', ' output=none', ' output=all'])}: ${predicate(draw, columns)}${oneOf(draw, ['', ' => v = a.v', ' => v = iff(isnull(a.v), v, a.v)', ` => v = ${expression(draw, columns)}`])}; step b${oneOf(draw, ['', ' optional'])}: ${oneOf(draw, ['true', 'a.c_long < c_long', 'c_string != a.c_string', 'isnull(b.v)'])}${oneOf(draw, ['', ' => v = a.v'])};)`,
  partitionMany: (draw, columns) =>
    `partition ${oneOf(draw, ['', 'hint.strategy=native ', 'hint.strategy=legacy ', 'hint.strategy=shuffle '])}by ${column(draw, columns)} (${oneOf(draw, ['sort by c_long | extend n = row_number()', 'summarize n = count(), m = max(c_datetime) by c_string', 'where c_bool', 'join kind=inner (T) on c_long', 'mv-expand c_dynamic', 'union T', 'project c_long, x = toscalar(T | count)', 'serialize p = prev(c_long)'])})`,
  partitionScope: () => 'partition by c_string { where c_string == "a" | count }',
  nestedMany: (draw, columns) =>
    `top-nested ${oneOf(draw, ['', '1 ', '2 '])}of a = ${column(draw, columns)}${oneOf(draw, ['', ' with others = "o"'])} by m = ${aggregate(draw, columns)}${order(draw).replace(/ nulls.*/, '')}, top-nested ${oneOf(draw, ['', '1 '])}of b = ${operand(draw, oneOf(draw, SCALAR_TYPES), columns, 1)} by ${oneOf(draw, ['count()', 'max(1)', 'sum(c_long)', 'max(c_datetime)'])}, top-nested of c = ${column(draw, columns)} by ignore = max(1)`,
  searchMany: (draw) =>
    `search ${oneOf(draw, ['kind=default ', ''])}${oneOf(draw, ['"a" and not("b")', '* == "a"', '* has "a" or c_long == 1', 'c_string startswith "a"', '"*a*"', '"a*" and c_real > 0', 'c_datetime > datetime(2020-01-01)', '* matches regex "a+"', 'c_string in ("a", "b")'])}`,
  findMany: (draw, columns) =>
    `as F; find ${oneOf(draw, ['', 'withsource=S '])}in (T, (T | project c_long = c_string, z = 1)) where ${oneOf(draw, ['"a"', 'c_int > 0', predicate(draw, columns, 0)])}${oneOf(draw, ['', ' project c_long, c_string', ' project c_long: string, pack_all(p)', ' project-smart'])}`,
  kv: (draw, columns) =>
    `parse-kv ${operand(draw, 'string', columns, 1)} as (a: ${oneOf(draw, KUSTO_TYPES)}, x: ${oneOf(draw, KUSTO_TYPES)}) with (${oneOf(draw, ['pair_delimiter=" ", kv_delimiter="="', 'pair_delimiter=";", kv_delimiter="=", quote="\'"', 'pair_delimiter=",", kv_delimiter=":", quote=\'"\', escape="\\\\"', 'regex="(\\\\w+)=(\\\\w+)"', 'pair_delimiter=", ", kv_delimiter="=", greedy=true'])})`,
  graphMany: (draw, columns) =>
    `${GRAPH} | ${oneOf(draw, [
      `graph-match (a)-[e]->(b)<-[f]-(c) where a.c_long >= b.c_long project a.c_string, e.c_int, f.c_real, c.c_guid`,
      `graph-match cycles=none (a)-[e*1..3]->(b) where all(e, c_long > 0) project p = map(e, c_string), n = a.c_long`,
      `graph-match cycles=all (a)-[e]-(b) project a.c_string, b.c_string, e`,
      `graph-match (a)-[e]->(b), (b)-[f]->(d) project x = strcat(a.c_string, d.c_string)`,
      'graph-match (a) where a.c_long > 0 project a',
      `graph-shortest-paths output=any (a)-[e*1..2]->(b) where a.c_long != 0 project n = array_length(e), l = labels(a)`,
      'graph-where-nodes c_long > 0 | graph-to-table nodes as N, edges as E; N | count',
      'graph-where-edges c_bool | graph-to-table edges',
      'graph-to-table nodes with_node_id=i, edges with_source_id=f with_target_id=t',
      'graph-mark-components with_component_id=k kind=strong | graph-to-table nodes',
      `graph-match (a)-[e]->(b) where ${predicate(draw, columns, 0)} project node_degree_in(a)`,
      'graph-match (a)-[e*0..2]->(b) project inner_nodes(e), a.c_int',
    ])}`,
  hittersBy: (draw, columns) =>
    `top-hitters 2 of ${column(draw, columns)} by ${operand(draw, oneOf(draw, ['long', 'real', 'int', 'decimal', 'timespan']), columns, 1)}`,
  macro: (draw, columns) =>
    `where ${predicate(draw, columns)}; macro-expand entity_group [database('db')] as X (${oneOf(draw, ['print x = 1', 'print t = X.$current_database', 'T | count'])})`,
  reduceMany: (draw, columns) =>
    `reduce kind=source by ${ofType(draw, columns, 'string')} with threshold=${oneOf(draw, ['0.1', '0.5', '1'])}${oneOf(draw, ['', ', characters="-"'])}`,
  assertSchema: () => `assert-schema (c_long: long)`,
  letFunction: (draw, columns) =>
    `where ${predicate(draw, columns)}; let g = (t: (c_long: long, c_string: string), n: long = 2, s: string = "a", d: dynamic = dynamic(null)) { t | where c_long > n or c_string == s | extend q = ${oneOf(draw, ['d', 'strcat(s, n)', 'toscalar(t | count)'])} }; ${oneOf(draw, ['g(T)', 'g(T, 1)', 'g(T, s = "")', 'T | invoke g(0, "12")', 'g((T | take 1), d = dynamic([1]))', 'union g(T), (g(T, 0, "x"))'])}`,
  subqueries: (draw, columns) =>
    `where ${column(draw, columns)} in ((T | where ${predicate(draw, columns)} | project ${column(draw, columns)})) and ${predicate(draw, columns)} | extend y = toscalar(T | where c_long in ((T | summarize max(c_long))) | summarize ${aggregate(draw, columns)})`,
  crossed: (draw, columns) =>
    `extend j = 1 | join kind=${oneOf(draw, JOINS)} (T | extend j = 1) on j | where ${predicate(draw, columns)} | project-away *1`,
  columnTests: (draw, columns) =>
    `extend y = column_ifexists("${oneOf(draw, ['c_long', 'nope', 'x'])}", ${operand(draw, 'long', columns, 1)}), z = iff(${predicate(draw, columns)}, ${operand(draw, 'real', columns, 1)}, ${operand(draw, oneOf(draw, ['real', 'long', 'decimal']), columns, 1)}), c = case(${predicate(draw, columns)}, "a", ${predicate(draw, columns)}, "b", "c")`,
  schemaOf: (draw, columns) => `project-by-names ${oneOf(draw, ['c_*', 'c_long, c_*', `"${column(draw, columns)}"`])}`,
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
