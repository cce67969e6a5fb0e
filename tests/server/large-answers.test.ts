import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openKql, type KqlRunner } from '../query/run-kql.js';
import { encodeV2 } from '../../src/protocol/index.js';
import type { AnswerContext, WireResult } from '../../src/protocol/index.js';
import type { ResultTable } from '../../src/query/query-service.js';

/** Large answers are written by the engine, small ones by us: nobody may see a difference. */

const VALUES = `T | extend b = iff(n == 0, bool(null), n % 2 == 0), i = iff(n == 0, int(null), toint(n - 3)),
  l = case(n == 0, long(null), n == 1, long(-9223372036854775808), n == 2, 9223372036854775807, n),
  r = case(n == 0, real(null), n == 1, real(nan), n == 2, real(+inf), n == 3, real(-inf), n == 4, 1e300, n == 5, -0.1, todouble(n)),
  d = case(n == 0, decimal(null), n == 1, decimal(-0.5), n == 2, decimal(12345678901234567.000000000000000001), todecimal(n) * 10),
  t = case(n == 0, datetime(null), n == 1, datetime(0001-01-01), n == 2, datetime(9999-12-31 23:59:59.9999999), n == 3, datetime(1969-12-31 23:59:59.9999999), n == 4, datetime(1969-12-31 23:59:59.5), datetime(2024-02-29) + n * 1s),
  s = case(n == 0, timespan(null), n == 1, -1tick, n == 2, -1d, n == 3, 1d - 1tick, n == 4, timespan(10675199.02:48:05.4775807), n == 5, -timespan(10675199.02:48:05.4775807), n * 500ms),
  x = case(n == 0, '', n == 1, 'a "quote"\\n\\t\\\\', n == 2, 'é😀\\u0001\\u007f\\u2028', n == 3, '\\ufeffmark', tostring(n)),
  g = iff(n == 0, guid(null), guid(74BE27DE-1E4E-49D9-B579-FE0B331D3642)),
  y = case(n == 0, dynamic(null), n == 1, dynamic({"a": [1, "x", null], "n": 1234567890123456789}), n == 2, dynamic("text"), n == 3, dynamic([]), todynamic(tostring(n)))`;

let kql: KqlRunner;
beforeAll(async () => (kql = await openKql()));
afterAll(() => kql.close());

const context: AnswerContext = {
  ids: { clientRequestId: 'c', activityId: 'a' },
  text: '',
  options: {},
  startedAt: new Date(0),
  signal: new AbortController().signal,
  now: () => new Date(0),
  newId: () => '',
  onFailure: (error) => {
    throw error;
  },
};

async function answer(tables: readonly ResultTable[], options: AnswerContext['options'] = {}): Promise<string> {
  const result: WireResult = { tables, visualization: null, cursor: null, truncation: null };
  const pieces: Buffer[] = [];
  for await (const piece of encodeV2(result, { ...context, options })) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces).toString();
}

/** As JSON.parse, but numbers beyond a double's digits keep theirs. */
const exactly = (text: string): unknown => JSON.parse(text.replace(/(?<=[[,:])-?\d{16,}(?=[\],}])/g, '"$&"'));

interface Frame {
  readonly FrameType: string;
  readonly TableKind?: string;
  readonly Rows?: readonly unknown[];
}

describe('an answer of many rows', () => {
  it('reads like the same rows in a small answer, for every type and its extremes', async () => {
    const query = VALUES.replace('T', 'range n from 0 to 8999 step 1');
    const rowsOf = async (text: string, large: boolean): Promise<readonly unknown[]> => {
      const result = await kql.run(text);
      try {
        expect(result.tables[0]!.json !== undefined).toBe(large);
        const frames = exactly(await answer(result.tables)) as Frame[];
        return frames.find((frame) => frame.TableKind === 'PrimaryResult')!.Rows!;
      } finally {
        await result.close();
      }
    };
    const large = await rowsOf(query, true);
    expect(large).toHaveLength(9000);
    expect(large.slice(0, 100)).toEqual(await rowsOf(query.replace('8999', '99'), false));
  });

  it('comes in fragments of whole rows, a frame a line, where the request asks for it', async () => {
    const result = await kql.run('range n from 1 to 300000 step 1 | extend s = strcat("line\\n", n)');
    const text = await answer(result.tables, {
      results_v2_fragment_primary_tables: true,
      results_v2_newlines_between_frames: true,
    });
    await result.close();
    const frames = text
      .trim()
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line.slice(1)) as Frame);
    const fragments = frames.filter((frame) => frame.FrameType === 'TableFragment');
    expect(fragments.length).toBeGreaterThan(1);
    expect(fragments.flatMap((frame) => frame.Rows!.map((row) => (row as number[])[0]))).toEqual(
      Array.from({ length: 300_000 }, (_, i) => i + 1),
    );
    expect(frames.find((frame) => frame.FrameType === 'TableCompletion')).toMatchObject({ RowCount: 300_000 });
  });

  it('is cut at the limits of records and of bytes, and says so', async () => {
    for (const [limits, rows] of [
      ['set truncationmaxrecords = 8500;', 8500],
      ['set truncationmaxsize = 80000;', 10_000],
    ] as const) {
      const result = await kql.run(`${limits} range n from 1 to 20000 step 1`);
      const frames = JSON.parse(await answer(result.tables)) as Frame[];
      expect(frames.find((frame) => frame.TableKind === 'PrimaryResult')!.Rows).toHaveLength(rows);
      expect(result.truncation?.code).toBe('E_QUERY_RESULT_SET_TOO_LARGE');
      await result.close();
    }
  });

  it('leaves no file behind when its reader goes away', async () => {
    const result = await kql.run('range n from 1 to 1000000 step 1');
    for await (const { json } of result.tables[0]!.json!()) {
      expect(json.length).toBeGreaterThan(0);
      break;
    }
    await result.close();
    expect(await kql.files()).toEqual([]);
  });
});
