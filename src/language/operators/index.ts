import type { OperatorBinder } from '../context.js';
import { COLUMN_OPERATORS } from './columns.js';
import { EVALUATE_OPERATORS } from './evaluate.js';
import { EXPAND_OPERATORS } from './expand.js';
import { GRAPH_MATCH_OPERATORS } from './graph-match.js';
import { GRAPH_TABLE_OPERATORS } from './graph-tables.js';
import { MAKE_GRAPH_OPERATORS } from './make-graph.js';
import { JOIN_OPERATORS } from './join.js';
import { PARSE_OPERATORS } from './parse.js';
import { SERIES_OPERATORS } from './make-series.js';
import { PARTITION_OPERATORS } from './partition.js';
import { REDUCE_OPERATORS } from './reduce.js';
import { ROW_OPERATORS } from './rows.js';
import { SEARCH_OPERATORS } from './search.js';
import { SCAN_OPERATORS } from './scan.js';
import { SUMMARIZE_OPERATORS } from './summarize.js';
import { TOP_NESTED_OPERATORS } from './top-nested.js';
import { UNION_OPERATORS } from './union.js';

/** What stands after a pipe, by the official class name. */
export const OPERATORS: Readonly<Record<string, OperatorBinder>> = {
  ...ROW_OPERATORS,
  ...COLUMN_OPERATORS,
  ...SUMMARIZE_OPERATORS,
  ...JOIN_OPERATORS,
  ...UNION_OPERATORS,
  ...EXPAND_OPERATORS,
  ...PARSE_OPERATORS,
  ...SERIES_OPERATORS,
  ...SEARCH_OPERATORS,
  ...PARTITION_OPERATORS,
  ...TOP_NESTED_OPERATORS,
  ...SCAN_OPERATORS,
  ...REDUCE_OPERATORS,
  ...EVALUATE_OPERATORS,
  ...MAKE_GRAPH_OPERATORS,
  ...GRAPH_MATCH_OPERATORS,
  ...GRAPH_TABLE_OPERATORS,
};
