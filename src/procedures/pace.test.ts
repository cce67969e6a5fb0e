import { describe, expect, it } from 'vitest';
import { BASKET } from './patterns/basket.js';
import { Pace } from './pace.js';
import { MAX_CELLS, RowBuilder } from './procedure.js';

it('rows of an operator have a bound', () => {
  const output = new RowBuilder(Array.from({ length: 100_000 }, (_, id) => ({ id, name: 'c', type: 'long' as const })));
  const add = (): void => {
    for (let r = 0; r <= MAX_CELLS / 100_000; r++) output.add([]);
  };
  expect(add).toThrow(expect.objectContaining({ code: 'E_RUNAWAY_QUERY' }) as Error);
});

describe('Pace', () => {
  it('ends a computation of too many steps as a runaway query', async () => {
    const pace = new Pace(new AbortController().signal, 'it', 5_000_000);
    expect(pace.isTired(1)).toBe(false);
    expect(pace.isTired(4_000_000)).toBe(true);
    await pace.rest();
    expect(pace.isTired(4_000_000)).toBe(true);
    await expect(pace.rest()).rejects.toMatchObject({ code: 'E_RUNAWAY_QUERY' });
  });

  it('lets others run between the steps of a procedure, which a cancellation ends', async () => {
    const rowCount = 60_000;
    const columns = Array.from({ length: 12 }, (_, id) => ({ id, name: `c${id}`, type: 'long' as const }));
    const cells = columns.map((_, c) => Array.from({ length: rowCount }, (_, r) => BigInt((r * (c + 3)) % 7)));
    const weight = new Array<bigint>(rowCount).fill(1n);
    const side = new Array<bigint>(rowCount).fill(0n);
    const inputs = [
      { columns: [columns[0]!, columns[1]!, ...columns], rowCount, cells: [weight, side, ...cells] },
      { columns: [], rowCount: 1, cells: [] },
    ];
    const controller = new AbortController();
    setImmediate(() => controller.abort(new Error('cancelled')));
    const args = { dimensions: columns.map((_, c) => c) };
    await expect(BASKET.run({ inputs, args, columns, signal: controller.signal })).rejects.toThrow('cancelled');
  });
});
