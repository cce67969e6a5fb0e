import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { check, PATIENCE_MS } from './generated/cases.js';
import { COLUMNS } from './generated/expressions.js';
import { LITERALS, quoted } from './generated/literals.js';
import { bag, Inquiry, type Answer } from './generated/outcome.js';
import { computations, tablesWithPredicates, twoPredicates } from './generated/queries.js';
import { hostileName, hostileText } from './generated/text.js';

let inquiry: Inquiry;
beforeAll(async () => {
  inquiry = await Inquiry.open();
});
afterAll(() => inquiry.close());

const ask = (text: string): Promise<Answer | undefined> => inquiry.answer(text);

/** The answers of queries that say the same, or undefined where all of them are refused. */
async function alike(queries: readonly string[], read: (answer: Answer) => string[] = bag): Promise<void> {
  const answers: (string[] | undefined)[] = [];
  for (const query of queries) {
    const answer = await ask(query);
    answers.push(answer && read(answer));
  }
  for (const answer of answers.slice(1)) expect(answer, queries.join('\n---\n')).toEqual(answers[0]);
}

describe('operators', { timeout: PATIENCE_MS }, () => {
  it('where p, where not(p) and where p is null share out the rows', async () => {
    await check(150, tablesWithPredicates, async ({ table, where }) => {
      const T = `let T = ${table};\nT`;
      const parts = [where, `not(${where})`, `isnull(${where})`].map((p) => `${T} | where ${p}`);
      const [holding, failing, unknown] = await inTurn(parts);
      if (!holding || !failing || !unknown) {
        expect([holding, failing, unknown]).toEqual([undefined, undefined, undefined]);
        return;
      }
      expect([...bag(holding), ...bag(failing), ...bag(unknown)].sort()).toEqual(bag((await ask(T))!));
    });
  });

  it('where a and b is where a, then where b, in any order', async () => {
    await check(200, twoPredicates, async ({ table, a, b }) => {
      const T = `let T = ${table};\nT`;
      await alike([
        `${T} | where ${a} and ${b}`,
        `${T} | where ${a} | where ${b}`,
        `${T} | where ${b} | where ${a}`,
        `${T} | where not(not(${a}) or not(${b}))`,
      ]);
    });
  });

  it('project changes no value, whatever the order of its columns', async () => {
    const orders = fc.shuffledSubarray([...COLUMNS.keys()], { minLength: 1 });
    await check(100, fc.tuple(tablesWithPredicates, orders), async ([{ table }, order]) => {
      const T = `let T = ${table};\nT`;
      const projected = await ask(`${T} | project ${order.map((i) => COLUMNS[i]!.name).join(', ')}`);
      expect(projected!.rows).toEqual((await ask(T))!.rows.map((row) => order.map((i) => row[i])));
    });
  });

  it('ways to say the same give the same', async () => {
    const facts = 'summarize count(), sum(c_int), min(c_datetime), max(c_long), dcount(c_string)';
    await check(150, computations, async ({ table, where, x, column }) => {
      const T = `let T = ${table};\nT`;
      const sides: readonly (readonly string[])[] = [
        [`${T} | extend x = ${x} | project c_long, x`, `${T} | project c_long, x = ${x}`],
        [`${T} | where ${where} | extend y = 1`, `${T} | extend y = 1 | where ${where}`],
        [`${T} | distinct ${column}`, `${T} | summarize by ${column}`],
        [`${T} | count`, `${T} | summarize Count = count()`],
        [`let T = materialize(${table});\nT | ${facts}`, `${T} | ${facts}`],
        [`let f = (t: (${SCHEMA})) { t | where ${where} };\n${T} | invoke f()`, `${T} | where ${where}`],
        [`let x = ${x};\n${T} | project y = x`, `${T} | project y = ${x}`],
        [`${T} | top 3 by c_long | project c_long`, `${T} | sort by c_long | take 3 | project c_long`],
        [`${T} | take 100`, T],
        [
          `${T} | join kind=inner (T | where false) on ${column}`,
          `${T} | join kind=inner (T) on ${column} | where false`,
        ],
        [`${T} | join kind=leftanti (T | where false) on ${column}`, T],
        [`${T} | union (T | where false)`, T],
        [`${T} | summarize make_list(c_long)`, `${T} | summarize make_list_if(c_long, true)`],
      ];
      await alike(sides[sideOf(where + x + column, sides.length)]!);
    });
  });

  it('union of the parts is the whole, and so are sums, counts and extremes over it', async () => {
    const facts =
      'summarize count(), sum(c_int), min(c_datetime), max(c_datetime), min(c_long), max(c_int), dcount(c_string)';
    await check(100, tablesWithPredicates, async ({ table, where }) => {
      const T = `let T = ${table};\n`;
      const parts = `union (T | where ${where}), (T | where not(${where})), (T | where isnull(${where}))`;
      if (!(await ask(`${T}${parts}`))) return;
      await alike([`${T}T`, `${T}${parts}`]);
      await alike([`${T}T | ${facts}`, `${T}${parts} | ${facts}`]);
    });
  });

  it('a value comes back from its text', async () => {
    const literals = fc
      .constantFrom(
        ...ROUND_TRIPS.flatMap(([to, type]) => LITERALS[type].map((literal) => ({ to, literal }))),
        // No text is a value of its own.
      )
      .filter(({ literal }) => literal !== 'dynamic("")');
    await check(60, literals, async ({ to, literal }) => {
      await alike([`print x = ${to}(tostring(${literal}))`, `print x = ${literal}`]);
    });
  });

  it('summarize of two tables together is the combination of both', async () => {
    const numbers = fc.array(fc.option(fc.maxSafeInteger()), { maxLength: 8 });
    await check(100, fc.tuple(numbers, numbers), async ([a, b]) => {
      const table = (held: (number | null)[]) => `(datatable(x: long)[${held.map((x) => `long(${x})`).join(', ')}])`;
      const facts = '| summarize n = count(), s = sum(x), low = min(x), high = max(x)';
      const both = `union ${table(a)}, ${table(b)} ${facts}`;
      const combined = `union (${table(a)} ${facts}), (${table(b)} ${facts}) | summarize sum(n), sum(s), min(low), max(high)`;
      await alike([both, combined]);
    });
  });

  it('sort is a permutation in order, with nulls where they were asked for', async () => {
    const numbers = fc.array(fc.option(fc.integer({ min: -20, max: 20 })), { maxLength: 12 });
    await check(150, fc.tuple(numbers, fc.boolean(), fc.boolean()), async ([held, descending, nullsFirst]) => {
      const table = `datatable(x: int)[${held.map((x) => `int(${x})`).join(', ')}]`;
      const order = `${descending ? 'desc' : 'asc'} nulls ${nullsFirst ? 'first' : 'last'}`;
      const known = held.filter((x) => x !== null).sort((a, b) => (descending ? b - a : a - b));
      const nulls = held.filter((x) => x === null);
      const expected = nullsFirst ? [...nulls, ...known] : [...known, ...nulls];
      expect((await ask(`${table} | sort by x ${order}`))!.rows).toEqual(expected.map((x) => [x]));
    });
  });
});

const SCHEMA = COLUMNS.map(({ name, type }) => `${name}: ${type}`).join(', ');

/** Types whose text holds the whole value, and the function that reads it. */
const ROUND_TRIPS = [
  ['tobool', 'bool'],
  ['toint', 'int'],
  ['tolong', 'long'],
  ['toreal', 'real'],
  ['todecimal', 'decimal'],
  ['todatetime', 'datetime'],
  ['totimespan', 'timespan'],
  ['toguid', 'guid'],
  ['parse_json', 'dynamic'],
] as const;

/** A number below the count, from a text: the same in each run. */
const sideOf = (text: string, count: number): number =>
  [...text].reduce((sum, character) => (sum * 31 + character.codePointAt(0)!) % 1_000_003, 7) % count;

async function inTurn(queries: readonly string[]): Promise<(Answer | undefined)[]> {
  const answers: (Answer | undefined)[] = [];
  for (const query of queries) answers.push(await ask(query));
  return answers;
}

describe('text of the caller', { timeout: PATIENCE_MS }, () => {
  it('in literals, keys of bags and lists comes back as it was', async () => {
    await check(300, hostileText, async (held) => {
      const literal = quoted(held);
      const key = quoted(`k${held}`);
      const row = `datatable(x: string)[${literal}] | where x == ${literal} and x in (${literal})`;
      const { rows } = (await ask(
        `${row} | extend b = bag_pack(${key}, x), p = pack_array(${literal}, x), s = strcat(x, ${literal})`,
      ))!;
      const [x, packed, list, same] = rows[0] as [string, string, string, string];
      expect([x, JSON.parse(packed), JSON.parse(list), same]).toEqual([
        held,
        { [`k${held}`]: held },
        [held, held],
        held + held,
      ]);
    });
  });

  it('in names of columns comes back as it was, through every operator that carries columns', async () => {
    await check(200, hostileName, async (name) => {
      const column = `[${quoted(name)}]`;
      const query = `print ${column} = 7 | where ${column} == 7 | extend y = ${column} | join (print ${column} = 7) on ${column} | summarize ${column} = sum(${column}) by y | sort by ${column} | project bag_pack_columns(${column})`;
      const found = await ask(query);
      if (found) expect(JSON.parse(found.rows[0]![0] as string)).toEqual({ [name]: 7 });
      else expect(await ask(`print ${column} = 7`)).toBeUndefined();
    });
  });
});
