import type { AggregateRow, Dialect, LoweredCall, ScalarRow } from '../../dialect.js';
import { list, name, sql, type Sql } from '../../tree.js';
import { BASIC_AGGREGATES } from './aggregates/basic.js';
import { COLLECTION_AGGREGATES } from './aggregates/collections.js';
import { SKETCH_AGGREGATES } from './aggregates/sketches.js';
import { STATISTICS_AGGREGATES } from './aggregates/statistics.js';
import { castTo } from './cast.js';
import { RELATIONS } from './relations.js';
import { CONDITIONAL_ROWS } from './scalars/conditionals.js';
import { CONVERSION_ROWS } from './scalars/conversions.js';
import { DATETIME_ROWS } from './scalars/datetimes.js';
import { DYNAMIC_ROWS } from './scalars/dynamic.js';
import { MATH_ROWS } from './scalars/mathematics.js';
import { MEMBERSHIP_ROWS } from './scalars/membership.js';
import { OPERATOR_ROWS } from './scalars/operators.js';
import { PARSE_ROWS } from './scalars/parse.js';
import { REGEX_ROWS } from './scalars/regexes.js';
import { EXTENT_ROWS } from './scalars/rows.js';
import { SERIES_ROWS } from './scalars/series.js';
import { STRING_ROWS } from './scalars/strings.js';
import { WINDOW_ROWS } from './windows.js';
import { write } from './writer.js';

const scalars: ReadonlyMap<string, ScalarRow> = new Map(
  Object.entries({
    ...OPERATOR_ROWS,
    ...MEMBERSHIP_ROWS,
    ...STRING_ROWS,
    ...REGEX_ROWS,
    ...PARSE_ROWS,
    ...DATETIME_ROWS,
    ...MATH_ROWS,
    ...CONVERSION_ROWS,
    ...DYNAMIC_ROWS,
    ...CONDITIONAL_ROWS,
    ...EXTENT_ROWS,
    ...SERIES_ROWS,
  }),
);

const aggregates: ReadonlyMap<string, AggregateRow> = new Map(
  Object.entries({ ...BASIC_AGGREGATES, ...COLLECTION_AGGREGATES, ...STATISTICS_AGGREGATES, ...SKETCH_AGGREGATES }),
);

/** Types that cross into JavaScript as text. */
const AS_TEXT = new Set(['guid', 'decimal']);

export const DUCKDB: Dialect = {
  name: 'duckdb',
  scalars,
  aggregates,
  windows: new Map(Object.entries(WINDOW_ROWS)),
  write,
  cast: castTo,
  callFunction(registered: string, call: LoweredCall): Sql {
    const args = call.args.map((arg) => {
      if (arg.type === 'decimal') return sql`kql_decimal_text(${arg.sql})`;
      return arg.type === 'guid' ? sql`CAST(${arg.sql} AS VARCHAR)` : arg.sql;
    });
    const result = sql`${name(registered)}(${list(args)})`;
    return AS_TEXT.has(call.type) ? castTo(result, call.type) : result;
  },
  relations: RELATIONS,
};
