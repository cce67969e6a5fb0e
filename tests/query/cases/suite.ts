/** Cases of one rule. The values are chosen for its edges: nulls, limits, negative positions, other scripts than Latin. */
export interface Suite {
  readonly title: string;
  readonly cases: readonly Case[];
}

/** An expression and its value, or a whole query and its rows. Cells are as `run-kql.ts` shows them. */
export type Case = readonly [text: string, expected: unknown];

export const isQuery = (text: string): boolean => /^(?:print|datatable|range \w+ from|let) ?/.test(text);
