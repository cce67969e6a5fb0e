import { describe, expect, it } from 'vitest';
import { NO_FACTS } from '../../tests/support/request-facts.js';
import { analyzed } from './analysis.js';
import { bind } from './bind.js';
import type { RequestFacts } from './context.js';
import { globalsOf, type Schema, type SchemaDatabase } from './schema.js';

const facts = (now: bigint): RequestFacts => ({ ...NO_FACTS, now });

const database = (columns: readonly string[]): SchemaDatabase => ({
  id: 'db',
  name: 'db',
  tables: [{ id: 't', name: 'T', columns: columns.map((name, id) => ({ id, name, type: 'long' })) }],
  functions: [],
  externalTables: [],
});

const schemaOf = (...databases: readonly SchemaDatabase[]): Schema => ({ databases, current: 'db' });

describe('a tree that is kept', () => {
  it('is used again for the same text over the same databases', () => {
    const db = database(['a']);
    const again = (): unknown => analyzed('T | where a > 1', schemaOf(db), globalsOf(schemaOf(db)));
    expect(again()).toBe(again());
  });

  it('is not used once the schema has changed, nor for who sees fewer databases', () => {
    const names = (schema: Schema): readonly string[] =>
      bind('T', schema, facts(0n)).results[0]!.relation.columns.map((column) => column.name);
    expect(names(schemaOf(database(['a'])))).toEqual(['a']);
    expect(names(schemaOf(database(['a', 'b'])))).toEqual(['a', 'b']);
    const other: SchemaDatabase = { ...database(['c']), id: 'other', name: 'other' };
    const db = database(['a']);
    const text = "database('other').T";
    expect(bind(text, schemaOf(db, other), facts(0n)).results).toHaveLength(1);
    expect(() => bind(text, schemaOf(db), facts(0n))).toThrow();
  });

  it('holds nothing of the request that it was made for', () => {
    const schema = schemaOf(database(['a']));
    const text = 'declare query_parameters(p: long = 1); print now(), p';
    const plan = (now: bigint, p: string): string =>
      JSON.stringify(bind(text, schema, facts(now), { p }).results, (_, value: unknown) =>
        typeof value === 'bigint' ? `${value}` : value,
      );
    expect(plan(1n, '5')).not.toBe(plan(2n, '5'));
    expect(plan(1n, '5')).not.toBe(plan(1n, '6'));
    expect(plan(1n, '5')).toBe(plan(1n, '5'));
  });
});

describe('a text that is too long to parse', () => {
  const schema = schemaOf(database(['a']));
  const globals = globalsOf(schema);

  it('is refused before the official parser meets it', () => {
    expect(() => analyzed(`T | where a in (${'1+1,'.repeat(600_000)}2)`, schema, globals)).toThrow(/too long/);
  });

  it('is none when it is long for its list of literals', () => {
    expect(() => analyzed(`T | where a in (${'1234567,'.repeat(300_000)}2)`, schema, globals)).not.toThrow();
  });
});
