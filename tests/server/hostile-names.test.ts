import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { check, PATIENCE_MS } from '../query/generated/cases.js';
import { quoted } from '../query/generated/literals.js';
import { hostileName, hostileText } from '../query/generated/text.js';
import { startDevelopmentServer, type DevelopmentServer } from '../support/development-server.js';

/** Names and text of callers through the whole server: nothing of them is taken for anything else, whatever they hold. */

let server: DevelopmentServer;
beforeAll(async () => {
  server = await startDevelopmentServer();
});
afterAll(() => server.stop());

type Json = any; // eslint-disable-line @typescript-eslint/no-explicit-any

/** The rows of the answer, or undefined where it is refused. Fails on 5xx, on a defect, on what is no answer's form. */
async function ask(
  path: string,
  csl: string,
  more: { db?: string; properties?: object } = {},
): Promise<Json[][] | undefined> {
  const response = await fetch(`${server.endpoint}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ db: 'NetDefaultDB', csl, ...more }),
  });
  const text = await response.text();
  const said = `${path} ${csl}\n${response.status} ${text}`;
  const body: Json = JSON.parse(text);
  expect(response.status, said).toBeLessThan(500);
  expect(text, said).not.toMatch(/CAL0003|CAL0004|InternalServerError/);
  if (response.status !== 200) {
    expect(body.error, said).toMatchObject({ code: expect.any(String), '@message': expect.any(String) });
    return undefined;
  }
  if (!path.startsWith('/v2')) return body.Tables[0].Rows;
  expect([body[0].FrameType, body.at(-1).FrameType], said).toEqual(['DataSetHeader', 'DataSetCompletion']);
  return body.find((frame: Json) => frame.TableKind === 'PrimaryResult').Rows;
}

const MGMT = '/v1/rest/mgmt';
const bothVersions = async (csl: string, more = {}): Promise<(Json[][] | undefined)[]> => [
  await ask('/v1/rest/query', csl, more),
  await ask('/v2/rest/query', csl, more),
];

describe('hostile names over HTTP', { timeout: PATIENCE_MS }, () => {
  it('of tables, columns and functions are kept as they are, or refused', async () => {
    await check(80, fc.tuple(hostileName, hostileName, hostileText), async ([table, column, held]) => {
      const [T, C, literal] = [`[${quoted(table)}]`, `[${quoted(column)}]`, quoted(held)];
      if (!(await ask(MGMT, `.create table ${T} (${C}: string, n: long)`))) return;
      try {
        await ask(MGMT, `.append ${T} <| print ${literal}, 7`);
        const kept = [[held, 7]];
        expect(await bothVersions(`${T} | where ${C} == ${literal} | summarize take_any(n) by ${C}`)).toEqual([
          kept,
          kept,
        ]);
        expect(await bothVersions(`union withsource=s ${T} | project s`)).toEqual([[[table]], [[table]]]);
        if (!(await ask(MGMT, `.create-or-alter function ${T} (${C}: string) { print y = ${C} }`))) return;
        await bothVersions(`${T}(${literal})`);
        await ask(MGMT, `.drop function ${T}`);
      } finally {
        await ask(MGMT, `.drop table ${T}`);
      }
    });
  });

  it('of parameters, properties and databases are kept as they are, or refused', async () => {
    await check(80, fc.tuple(hostileName, hostileText), async ([name, held]) => {
      const declared = `declare query_parameters([${quoted(name)}]: string); print x = [${quoted(name)}]`;
      const answers = await bothVersions(declared, { properties: { Parameters: { [name]: quoted(held) } } });
      for (const rows of answers) if (rows) expect(rows).toEqual([[held]]);
      await bothVersions('print x = 1', { properties: { Options: { [name]: held } } });
      await bothVersions('print x = 1', { db: name });
      await ask(MGMT, `.create database [${quoted(name)}] volatile`);
    });
  });

  it('anywhere in the text of a request never end in a failure of the server', async () => {
    await check(120, fc.tuple(hostileText, hostileText), async ([a, b]) => {
      await bothVersions(`print x = 1 | where ${a} | extend ${b}`);
      await ask(MGMT, `.show tables ${a} | where ${b}`);
      await ask(MGMT, `.create table ${a} (${b}: string)`);
    });
  });
});
