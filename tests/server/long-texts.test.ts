import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDevelopmentServer, type DevelopmentServer } from '../support/development-server.js';

/** One request with a long text must not keep the others waiting: they share a thread. */

let server: DevelopmentServer;
beforeAll(async () => (server = await startDevelopmentServer()), 60_000);
afterAll(() => server.stop());

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** What others are answered, one after the other, until `work` is done. */
async function meanwhile<T>(work: Promise<T>): Promise<{ result: T; answers: number; longest: number }> {
  let isDone = false;
  const done = work.finally(() => (isDone = true));
  let answers = 0;
  let longest = 0;
  while (!isDone) {
    const startedAt = performance.now();
    const health = await fetch(`${server.endpoint}/health`);
    expect(health.status).toBe(200);
    await health.arrayBuffer();
    expect((await server.query('print 1')).rows).toEqual([[1]]);
    answers++;
    longest = Math.max(longest, performance.now() - startedAt);
  }
  return { result: await done, answers, longest };
}

describe('while a query of a long text runs', () => {
  it('others are answered, and its own answer is exact', { timeout: 60_000 }, async () => {
    const rows = numbers(100_000).map((i) => `${i}, "v${i % 10}", ${i % 7 === 0 ? 'real(null)' : `${i}.5`}`);
    const table = `datatable(a:long, b:string, c:real)[\n${rows.join(',\n')}\n]`;
    const list = `range x from 1 to 300000 step 1 | where x in (${numbers(20_000)
      .map((i) => i * 10)
      .join(', ')})`;
    const run = async () => [
      await Promise.all([
        server.query(`${table} | summarize count(), sum(a), countif(isnull(c)), max(c) by b | sort by b asc`),
        server.query(`${list} | summarize count(), min(x), max(x), sum(x)`),
      ]),
      await Promise.all([
        server.query(`${table} | where a in (17, 99999) | sort by a asc`),
        server.query(`${list} | where x > 199970 | sort by x asc`),
      ]),
    ];
    const { result, answers, longest } = await meanwhile(run());
    const [[groups, members], [few, last]] = result as [
      [Awaited<ReturnType<typeof server.query>>, Awaited<ReturnType<typeof server.query>>],
      [Awaited<ReturnType<typeof server.query>>, Awaited<ReturnType<typeof server.query>>],
    ];
    expect(groups.rows).toEqual(
      numbers(10).map((digit) => {
        const own = numbers(100_000).filter((i) => i % 10 === digit);
        const sum = own.reduce((a, b) => a + b, 0);
        const valued = own.filter((i) => i % 7 !== 0);
        return [`v${digit}`, own.length, sum, own.length - valued.length, valued.at(-1)! + 0.5];
      }),
    );
    expect(members.rows).toEqual([[19_999, 10, 199_990, 1_999_900_000]]);
    expect(few.rows).toEqual([
      [17, 'v7', 17.5],
      [99_999, 'v9', 99_999.5],
    ]);
    expect(last.rows).toEqual([[199_980], [199_990]]);
    // How many depends on the machine; that there are some in between does not. The parser's part is held to by
    // src/language/long-lists.test.ts.
    expect(answers).toBeGreaterThanOrEqual(3);
    expect(longest).toBeLessThan(20_000);
  });

  it('what is written into it for the official parser leaves its lists whole', async () => {
    const list = (from: number) =>
      numbers(1500)
        .map((i) => i + from)
        .join(', ');
    const { rows, error } = await server.query(
      `union kind=inner (datatable(a:long)[${list(0)}] | extend b = 1), (datatable(a:long)[${list(5000)}])
       | summarize count(), sum(a), max(a) | parse kind=simple "x1y" with "x" count_:long "y"`,
    );
    expect(error).toBeUndefined();
    expect(rows).toEqual([[1, 1500 * 1499 + 1500 * 5000, 6499]]);
  });
});

describe('while a text of a megabyte is parsed', () => {
  const sum = (characters: number): string =>
    numbers(Math.ceil(characters / 10))
      .map((i) => `${100_000 + i}+1`)
      .join(', ');
  const long = `print x = 100001 | where x in (${sum(20_000)})`;

  it('others are answered before it is, and cancelled it leaves its thread to the next', async () => {
    const text = `print x = 100001 | where x in (${sum(1_000_000)})`;
    // More than there are threads.
    const clients = [1, 2, 3].map(() => new AbortController());
    let ended = 0;
    const requests = clients.map(({ signal }) =>
      server
        .query(text, {}, {}, undefined, signal)
        .catch(() => undefined)
        .finally(() => ended++),
    );
    for (let i = 0; i < 10; i++) {
      const health = await fetch(`${server.endpoint}/health`);
      expect(await health.json()).toEqual({ status: 'ok' });
      expect((await server.query(`print ${i}`)).rows).toEqual([[i]]);
    }
    expect(ended).toBe(0);
    for (const client of clients) client.abort();
    await Promise.all(requests);
    expect((await server.query(long)).rows).toEqual([[100_001]]);
  });

  it('its time limit ends it', async () => {
    const { status, error } = await server.query(`print x = 1 | where x in (${sum(1_000_000)})`, {
      servertimeout: '00:00:01',
    });
    expect([status, error?.code]).toEqual([504, 'General_Timeout']);
  });

  it('it is bound as a short one is: probes, facts of the request, parameters, errors with their places', async () => {
    const probe = await server.query(
      `declare query_parameters(p:long); ${long} | extend d = dynamic({"a": 1}), y = p + toint(current_principal_is_member_of('aadapp=00000000-0000-0000-0000-000000000001;00000000-0000-0000-0000-000000000002'))
       | project-away x | evaluate bag_unpack(d)`,
      {},
      { p: '7' },
    );
    expect(probe.columns).toEqual(['y', 'a']);
    expect(probe.rows).toEqual([[7, 1]]);
    await server.command('.create table Timed (a: long)');
    await server.command('.ingest inline into table Timed <| 5');
    expect((await server.query(`${long}; Timed | where cursor_after('') | project a`)).error).toBeUndefined();
    const { error } = await server.query(`${long} | where nothing == 1`);
    expect(error?.['@message']).toContain("'nothing' does not refer to any known column");
  });
});
