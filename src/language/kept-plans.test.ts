import { describe, expect, it } from 'vitest';
import { NO_FACTS } from '../../tests/support/request-facts.js';
import { bind } from './bind.js';
import type { RequestFacts } from './context.js';
import type { Schema } from './schema.js';

const schemaOf = (): Schema => {
  const table = { id: 't', name: 'T', columns: [{ id: 0, name: 'a', type: 'long' as const }] };
  const database = { id: 'db', name: 'db', tables: [table], functions: [], externalTables: [] };
  return { databases: [database], current: 'db' };
};

describe('a plan that is kept', () => {
  it('is used again where it holds nothing of a request', () => {
    const schema = schemaOf();
    const plan = (facts: RequestFacts): unknown => bind('T | where a > 1', schema, facts);
    expect(plan({ ...NO_FACTS, now: 1n })).toBe(plan({ ...NO_FACTS, now: 2n, principal: 'aaduser=somebody;else' }));
  });

  it.each([
    ['print now()', { now: 5n }],
    ['print current_principal()', { principal: 'aaduser=somebody;else' }],
    ['print current_principal_is_member_of("aaduser=a@b.c")', { isMemberOf: () => true }],
    ['print current_cursor()', { currentCursor: '77' }],
  ])('is made anew for the next request by %s', (text, other) => {
    const schema = schemaOf();
    const plan = (facts: RequestFacts): unknown => bind(text, schema, facts).results[0]!.relation;
    const first = plan(NO_FACTS);
    expect(plan({ ...NO_FACTS, ...other })).not.toEqual(first);
    expect(plan(NO_FACTS)).toEqual(first);
  });

  it('is made anew when the IngestionTime policy of a table was turned off', () => {
    const schema = schemaOf();
    const text = 'T | where cursor_after("")';
    bind(text, schema, NO_FACTS);
    expect(() => bind(text, schema, { ...NO_FACTS, hasIngestionTime: () => false })).toThrow(/IngestionTime/);
  });

  it('is kept apart for other parameters and other properties', () => {
    const schema = schemaOf();
    const text = 'declare query_parameters(n:long = 1); print n';
    const plan = (parameters: Record<string, string>, options: Record<string, unknown> = {}): unknown => {
      const { results, settings } = bind(text, schema, NO_FACTS, parameters, options);
      return [results[0]!.relation, settings];
    };
    const [none, two, three, settled] = [plan({}), plan({ n: '2' }), plan({ n: '3' }), plan({}, { servertimeout: 7n })];
    expect(new Set([none, two, three, settled].map((each) => JSON.stringify(each, text64))).size).toBe(4);
    expect(plan({ n: '2' })).toEqual(two);
    expect(plan({}, { servertimeout: 7n })).toEqual(settled);
  });
});

/** JSON of what holds bigints and maps. */
const text64 = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? `${value}n` : value instanceof Map ? [...value] : value;
