import { afterAll, beforeAll, describe, it } from 'vitest';
import { check, PATIENCE_MS } from './generated/cases.js';
import { Inquiry } from './generated/outcome.js';
import { prints, queries } from './generated/queries.js';

let inquiry: Inquiry;
beforeAll(async () => {
  inquiry = await Inquiry.open();
});
afterAll(() => inquiry.close());

/** What is held of every answer is in generated/outcome.ts. */
describe('any query', { timeout: PATIENCE_MS }, () => {
  it('over tables of the ten types gives the promised columns, or a coded refusal', async () => {
    await check(1400, queries, async (text) => void (await inquiry.answer(text)));
  });

  it('of nested calls over literals gives the promised column, or a coded refusal', async () => {
    await check(1500, prints, async (text) => void (await inquiry.answer(text)));
  });
});
