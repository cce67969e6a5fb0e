/** Functions that look at other rows of a serialized table (Kusto's window functions). */
const WINDOW_FUNCTIONS: ReadonlySet<string> = new Set([
  'row_number',
  'row_cumsum',
  'row_rank_dense',
  'row_rank_min',
  'row_window_session',
  'prev',
  'next',
]);

export const isWindowFunction = (name: string): boolean => WINDOW_FUNCTIONS.has(name);
