/**
 * Where an answer may differ from the reference engine's, and why: one line an entry, by the name that
 * docs/kql-support.md lists it under. Few, and argued; what could just be built better is no entry.
 */
export const KNOWN_DIFFERENCES: Readonly<Record<string, string>> = {
  autocluster:
    'how the reference measures the information of a segment, and which local optima it shows, is not published, so that the segments may be others. Counts, percents, order and wildcards are its own',
  basket: 'the reference samples the rows, so that it may miss or add patterns near the threshold; here all rows count',
  diffpatterns:
    'counts and percents are exact; which of several overlapping patterns stands for the others is not published',
  diffpatterns_text:
    'counts and percents are exact; which of several overlapping patterns stands for the others is not published',
  funnel_sequence:
    'whether the states before and after a sequence must lie within the step window, and the order of visits at the same time, are not published: they need not, and it is the order of the rows',
  ReduceByOperator:
    'after the published paper; how the reference splits groups where the threshold is high is not published, so that their number may differ',
  series_periods_detect: 'where the reference draws the line of significance is not published; scores are its own',
};

/** Differences that belong to no entry of a list. */
export const GENERAL_DIFFERENCES: readonly string[] = [
  'The order of rows or groups that tie, or that nothing sorts, is not defined: it may differ from the reference and from run to run.',
  'Where the reference makes a column name of an expression that has none, it may hold a random number of its own (`list_d___obj_…`): ours does not.',
  'What is no number (NaN) compares as IEEE 754 has it; the square root or logarithm of a negative number is NaN, where the pages say null.',
  'Decimals are kept as DECIMAL(38,18): more digits after the point are rounded.',
];
