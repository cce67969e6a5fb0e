import { describe, expect, it } from 'vitest';
import { TableLocks } from './table-locks.js';

/** What has been admitted so far, after everything that can go on has gone on. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('TableLocks', () => {
  it('does not let appends overtake a change that waits', async () => {
    const locks = new TableLocks();
    const order: string[] = [];
    const take = (name: string, scope: Parameters<TableLocks['acquire']>[0]) =>
      locks.acquire(scope).then((release) => {
        order.push(name);
        return release;
      });
    const first = await take('append 1', { append: ['t'] });
    const change = take('change', { change: ['t'] });
    const second = take('append 2', { append: ['t'] });
    await settle();
    expect(order).toEqual(['append 1']);
    first();
    await settle();
    expect(order).toEqual(['append 1', 'change']);
    (await change)();
    (await second)();
    expect(order).toEqual(['append 1', 'change', 'append 2']);
  });

  it('never deadlocks scopes that name the same tables in another order', async () => {
    const locks = new TableLocks();
    const tables = ['a', 'b', 'c'];
    const jobs = Array.from({ length: 60 }, async (_, k) => {
      const turned = [...tables.slice(k % 3), ...tables.slice(0, k % 3)];
      const release = await locks.acquire(
        k % 2 ? { change: turned } : { append: turned.slice(1), change: [turned[0]!] },
      );
      await settle();
      release();
    });
    await Promise.all(jobs);
    (await locks.acquire({ change: tables }))();
  });

  it('passes the lock on when the one who waits first gives up', async () => {
    const locks = new TableLocks();
    const holder = await locks.acquire({ append: ['t'] });
    const abort = new AbortController();
    const change = locks.acquire({ change: ['t'] }, abort.signal);
    const append = locks.acquire({ append: ['t'] });
    abort.abort();
    await expect(change).rejects.toMatchObject({ code: 'General_Cancelled' });
    (await append)();
    holder();
    (await locks.acquire({ change: ['t'] }))();
  });

  it('takes a table that is named twice once, as a change', async () => {
    const locks = new TableLocks();
    const release = await locks.acquire({ append: ['t', 't'], change: ['t'] });
    release();
    (await locks.acquire({ change: ['t'] }))();
  });
});
