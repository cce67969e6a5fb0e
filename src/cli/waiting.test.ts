import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { waiting } from './waiting.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

async function shown(isTTY: boolean, milliseconds: number): Promise<string[]> {
  const written: string[] = [];
  const terminal = { isTTY, write: (text: string | Uint8Array) => written.push(String(text)) > 0 };
  const work = new Promise<string>((resolve) => setTimeout(() => resolve('done'), milliseconds));
  const waited = waiting(work, terminal);
  await vi.advanceTimersByTimeAsync(milliseconds);
  expect(await waited).toBe('done');
  return written;
}

it('long work shows its seconds on a terminal, and wipes them away', async () => {
  expect(await shown(true, 2500)).toEqual(['\r… 1 s', '\r… 2 s', '\r\u001b[K']);
});

it('quick work shows nothing, and no work does in a file', async () => {
  expect(await shown(true, 900)).toEqual([]);
  expect(await shown(false, 5000)).toEqual([]);
});
