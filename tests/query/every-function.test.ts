import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { answeredNames } from '../../scripts/kql-support.js';
import { SUITES } from './cases/index.js';

/** Functions that need more than an expression: the suites that have what it takes, and call them by name. */
const ELSEWHERE: readonly { readonly names: RegExp; readonly suites: readonly string[] }[] = [
  { names: /^geo_/, suites: ['src/functions/geo/geo.test.ts', 'tests/query/geo-series.test.ts'] },
  { names: /^series_/, suites: ['src/functions/series/series.test.ts', 'tests/query/geo-series.test.ts'] },
  { names: /^(?:all|any|map|labels|node_\w+)$/, suites: ['tests/query/graphs.test.ts'] },
  {
    names: /^(?:cluster|database|table|extent_id|extent_tags|ingestion_time)$/,
    suites: ['tests/query/entities.test.ts'],
  },
  { names: /^cursor_/, suites: ['tests/query/request-properties.test.ts'] },
  { names: /^external_table$/, suites: ['tests/export/commands.test.ts'] },
];

const calls = (text: string): Set<string> => new Set([...text.matchAll(/\b(\w+)\(/g)].map(([, name]) => name!));

const inCases = calls(SUITES.flatMap(({ cases }) => cases.map(([text]) => text)).join('\n'));

function hasCase(name: string): boolean {
  if (inCases.has(name)) return true;
  const elsewhere = ELSEWHERE.find(({ names }) => names.test(name));
  return !!elsewhere?.suites.some((suite) => new RegExp(`\\b${name}['(]`).test(readFileSync(suite, 'utf8')));
}

test('every scalar function that docs/kql-support.md lists as answered has a case', () => {
  expect(answeredNames('Scalar functions').filter((name) => !hasCase(name))).toEqual([]);
});
