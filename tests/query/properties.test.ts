import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KustoError } from '../../src/errors/index.js';
import { COLUMNS, prints, queries, quoted, tablesWithPredicates } from './generated-queries.js';
import { openKql, type KqlRunner } from './run-kql.js';

/**
 * Cases in all. The default ones are the same in every run; CALYPSO_CASES=100000 searches among others, from a seed
 * that a failure prints beside its smallest query.
 */
const GIVEN = process.env['CALYPSO_CASES'];
const CASES = Number(GIVEN ?? 2000);
const cases = (share: number): { numRuns: number; seed?: number } => ({
  numRuns: Math.max(1, Math.round(CASES * share)),
  ...(GIVEN === undefined ? { seed: 20_200_229 } : {}),
});
const PATIENCE_MS = Math.max(60_000, CASES * 100);

let kql: KqlRunner;
beforeAll(async () => {
  kql = await openKql();
});
afterAll(() => kql.close());

/** Rows, or undefined where the query is refused. Fails on whatever is neither. */
async function answer(text: string): Promise<unknown[][] | undefined> {
  try {
    return await kql.rows(text);
  } catch (error) {
    if (error instanceof KustoError && error.status < 500 && !/defect|unexpected/i.test(error.message))
      return undefined;
    throw new Error(`${text}\nfailed with: ${String(error)}\n${String((error as Error).cause)}`, { cause: error });
  }
}

const check = async <T>(share: number, values: fc.Arbitrary<T>, holds: (value: T) => Promise<void>): Promise<void> =>
  fc.assert(fc.asyncProperty(values, holds), cases(share));

/** Rows without their order. NaN and the infinities are kept apart by String(). */
const bag = (rows: readonly unknown[][]): string[] =>
  rows.map((row) => JSON.stringify(row, (_, cell: unknown) => (typeof cell === 'object' ? cell : String(cell)))).sort();

describe('any query', { timeout: PATIENCE_MS }, () => {
  it('over tables of the ten types gives rows or a coded refusal', async () => {
    await check(0.4, queries, async (text) => void (await answer(text)));
  });

  it('of scalar functions with arguments that fit or do not gives rows or a coded refusal', async () => {
    await check(0.3, prints, async (text) => void (await answer(text)));
  });
});

describe('operators', { timeout: PATIENCE_MS }, () => {
  it('where p, where not(p) and where p is null share out the rows', async () => {
    await check(0.04, tablesWithPredicates, async ({ table, where }) => {
      const T = `let T = ${table};\nT`;
      const all = await answer(T);
      const parts = [`${where}`, `not(${where})`, `isnull(${where})`].map((p) => answer(`${T} | where ${p}`));
      const [holding, failing, unknown] = await Promise.all(parts);
      if (!holding || !failing || !unknown) {
        expect([holding, failing, unknown]).toEqual([undefined, undefined, undefined]);
        return;
      }
      expect(bag([...holding, ...failing, ...unknown])).toEqual(bag(all!));
    });
  });

  it('project changes no value, whatever the order of its columns', async () => {
    const orders = fc.shuffledSubarray([...COLUMNS.keys()], { minLength: 1 });
    await check(0.03, fc.tuple(tablesWithPredicates, orders), async ([{ table }, order]) => {
      const T = `let T = ${table};\nT`;
      const projected = await answer(`${T} | project ${order.map((i) => COLUMNS[i]!.name).join(', ')}`);
      expect(projected).toEqual((await answer(T))!.map((row) => order.map((i) => row[i])));
    });
  });

  it('union of the parts is the whole, and so are sums, counts and extremes over it', async () => {
    const facts =
      'summarize count(), sum(c_int), min(c_datetime), max(c_datetime), min(c_long), max(c_int), dcount(c_string)';
    await check(0.03, tablesWithPredicates, async ({ table, where }) => {
      const T = `let T = ${table};\n`;
      const parts = `union (T | where ${where}), (T | where not(${where})), (T | where isnull(${where}))`;
      const whole = await answer(`${T}T`);
      const united = await answer(`${T}${parts}`);
      if (!united) return;
      expect(bag(united)).toEqual(bag(whole!));
      expect(await answer(`${T}${parts} | ${facts}`)).toEqual(await answer(`${T}T | ${facts}`));
    });
  });

  it('summarize of two tables together is the combination of both', async () => {
    const numbers = fc.array(fc.option(fc.maxSafeInteger()), { maxLength: 8 });
    await check(0.03, fc.tuple(numbers, numbers), async ([a, b]) => {
      const table = (held: (number | null)[]) => `(datatable(x: long)[${held.map((x) => `long(${x})`).join(', ')}])`;
      const facts = '| summarize n = count(), s = sum(x), low = min(x), high = max(x)';
      const both = `union ${table(a)}, ${table(b)} ${facts}`;
      const combined = `union (${table(a)} ${facts}), (${table(b)} ${facts}) | summarize sum(n), sum(s), min(low), max(high)`;
      expect(await answer(both)).toEqual(await answer(combined));
    });
  });

  it('sort is a permutation in order, with nulls where they were asked for', async () => {
    const numbers = fc.array(fc.option(fc.integer({ min: -20, max: 20 })), { maxLength: 12 });
    await check(0.04, fc.tuple(numbers, fc.boolean(), fc.boolean()), async ([held, descending, nullsFirst]) => {
      const table = `datatable(x: int)[${held.map((x) => `int(${x})`).join(', ')}]`;
      const order = `${descending ? 'desc' : 'asc'} nulls ${nullsFirst ? 'first' : 'last'}`;
      const known = held.filter((x) => x !== null).sort((a, b) => (descending ? b - a : a - b));
      const nulls = held.filter((x) => x === null);
      const expected = nullsFirst ? [...nulls, ...known] : [...known, ...nulls];
      expect(await answer(`${table} | sort by x ${order}`)).toEqual(expected.map((x) => [x]));
    });
  });
});

/** Text in the way of any quoting: quotes of both languages, comments, statement ends, keywords, NUL, unicode. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "'",
        '"',
        '`',
        '\\',
        '--',
        '/*',
        '*/',
        '//',
        ';',
        '\0',
        '\n',
        ' DROP TABLE x',
        '$1',
        '{}',
        '%',
        ']',
      ),
      fc.string({ unit: 'grapheme', maxLength: 3 }),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(''));

describe('text of the caller', { timeout: PATIENCE_MS }, () => {
  it('in literals, keys of bags and lists comes back as it was', async () => {
    await check(0.06, text, async (held) => {
      const literal = quoted(held);
      const key = quoted(`k${held}`);
      const row = `datatable(x: string)[${literal}] | where x == ${literal} and x in (${literal})`;
      const [[x, bag, packed, same] = []] = (await kql.rows(
        `${row} | extend b = bag_pack(${key}, x), p = pack_array(${literal}, x), s = strcat(x, ${literal})`,
      )) as [string, Record<string, string>, string[], string][];
      expect([x, bag, packed, same]).toEqual([held, { [`k${held}`]: held }, [held, held], held + held]);
    });
  });

  it('in names of columns comes back as it was, through every operator that carries columns', async () => {
    const keyword = fc.constantFrom('select', 'from', 'where', 'order', 'none', 'k0', 'c0', 't', 'null', 'true');
    const names = fc.oneof(
      keyword,
      text.filter((name) => name.trim() === name && name.length > 0),
    );
    await check(0.04, names, async (name) => {
      const column = `[${quoted(name)}]`;
      const query = `print ${column} = 7 | where ${column} == 7 | extend y = ${column} | join (print ${column} = 7) on ${column} | summarize ${column} = sum(${column}) by y | sort by ${column} | project bag_pack_columns(${column})`;
      const found = await answer(query);
      if (found) expect(found).toEqual([[{ [name]: 7 }]]);
      else expect(await answer(`print ${column} = 7`)).toBeUndefined();
    });
  });
});
