import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scalarFunction } from '../../src/functions/index.js';
import { DUCKDB } from '../../src/sql/dialects/duckdb/index.js';
import type { ScalarRow } from '../../src/sql/dialect.js';
import { asConstants, asOnePrint, calls, operations, overColumns, type Call } from './generated/calls.js';
import { check, PATIENCE_MS } from './generated/cases.js';
import { cells, Inquiry } from './generated/outcome.js';
import { AGGREGATES, SCALARS, VOLATILE, WINDOWS } from './generated/signatures.js';

let inquiry: Inquiry;
beforeAll(async () => {
  inquiry = await Inquiry.open();
});
afterAll(() => inquiry.close());

/** Answers over columns and over literals; both where neither form is refused. */
async function bothForms(call: Call): Promise<[string[], string[]] | undefined> {
  const overRows = await inquiry.answer(overColumns(call));
  // A function of several outputs makes columns of them: then a query a row, else all rows in one.
  const tuple = overRows !== undefined && overRows.columns.length > 1;
  const queries = tuple ? asConstants(call) : [asOnePrint(call)];
  const folded: string[] = [];
  for (const query of queries) {
    const answer = await inquiry.answer(query);
    if (!answer) return undefined;
    folded.push(
      ...(tuple
        ? cells(answer)
        : answer.rows[0]!.map((x, c) => cells({ columns: [answer.columns[c]!], rows: [[x]] })[0]!)),
    );
  }
  return overRows && [cells(overRows), folded];
}

/** Of these the function is for the types that SQL has no row for, and the row for the others. */
const COMPLEMENTARY = new Set(['todatetime', 'totimespan', 'make_datetime', 'todecimal', 'datetime_list_timezones']);
const IN_BOTH = SCALARS.filter(
  ({ name }) => DUCKDB.scalars.has(name) && scalarFunction(name) && !COMPLEMENTARY.has(name),
);

async function withoutRow<T>(name: string, act: () => Promise<T>): Promise<T> {
  const rows = DUCKDB.scalars as Map<string, ScalarRow>;
  const row = rows.get(name)!;
  rows.delete(name);
  try {
    return await act();
  } finally {
    rows.set(name, row);
  }
}

describe('any call', { timeout: PATIENCE_MS }, () => {
  it('of a scalar function gives the same over columns as over literals', async () => {
    await check(1600, calls(SCALARS), async (call) => {
      const forms = await bothForms(call);
      if (forms && !VOLATILE.has(call.name)) expect(forms[0]).toEqual(forms[1]);
    });
  });

  it('of an operator gives the same over columns as over literals', async () => {
    await check(1400, operations, async (call) => {
      const forms = await bothForms(call);
      if (forms) expect(forms[0]).toEqual(forms[1]);
    });
  });

  it('gives the same in SQL as in JavaScript, where a function has both', async () => {
    await check(600, calls(IN_BOTH), async (call) => {
      const query = overColumns(call);
      const inSql = await inquiry.answer(query);
      if (inSql) expect(cells(inSql)).toEqual(cells((await withoutRow(call.name, () => inquiry.answer(query)))!));
    });
  });

  it('of an aggregate gives the same for all rows as for the one group that they make', async () => {
    await check(1000, calls(AGGREGATES), async (call) => {
      const all = await inquiry.answer(overColumns(call, (expression) => `summarize x = ${expression}`));
      const group = await inquiry.answer(
        overColumns(call, (expression) => `summarize x = ${expression} by g = 1 | project-away g`),
      );
      expect(group && cells(group)).toEqual(all && cells(all));
    });
  });

  it('of a window function gives an answer or a refusal', async () => {
    await check(200, calls(WINDOWS), async (call) => {
      await inquiry.answer(overColumns(call, (expression) => `serialize x = ${expression}`));
    });
  });
});
