import { createServer, type Server } from 'node:https';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Stack } from '../support/stack.js';

/** What a job may do is asked anew at each run, by the whole server: the process, its configuration, its tokens. */

let folder: string;
let stack: Stack;
let trap: Server;
let trapAddress: string;
let caught: { readonly url: string; readonly authorization: string | undefined }[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'calypso-taken-away-'));
  stack = await Stack.start(folder);
  stack.storage.grant(stack.identity.objectId);
  trap = createServer(stack.storage.certificate, ({ url = '', headers: { authorization } }, response) => {
    caught.push({ url, authorization });
    response.writeHead(403).end();
  });
  await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve));
  trapAddress = `https://127.0.0.1:${(trap.address() as AddressInfo).port}`;
  await allow();
  const { objectId, tenantId } = stack.identity;
  await run(`.add database NetDefaultDB viewers ('aadapp=${objectId};${tenantId}')`);
  await run('.create table T (x: long)');
}, 180_000);
afterAll(async () => {
  trap.close();
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
});

async function send(
  csl: string,
): Promise<{ status: number; code: string | undefined; message: string; rows: unknown[][] }> {
  const response = await fetch(`${stack.endpoint}${csl.startsWith('.') ? '/v1/rest/mgmt' : '/v1/rest/query'}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await stack.administratorToken()}` },
    body: JSON.stringify({ db: 'NetDefaultDB', csl }),
  });
  const { Tables: tables, error } = (await response.json()) as {
    Tables?: { Rows: unknown[][] }[];
    error?: { code: string; '@message': string };
  };
  return {
    status: response.status,
    code: error?.code,
    message: error?.['@message'] ?? '',
    rows: tables?.[0]?.Rows ?? [],
  };
}

async function run(csl: string): Promise<unknown[][]> {
  const answer = await send(csl);
  if (answer.status !== 200) throw new Error(`${csl}: ${answer.message}`);
  return answer.rows;
}

async function allow(): Promise<void> {
  const usages = JSON.stringify([{ ObjectId: stack.identity.objectId, AllowedUsages: 'All' }]);
  await run(`.alter cluster policy managed_identity \`\`\`${usages}\`\`\``);
}

async function job(name: string, address: string): Promise<void> {
  await run(`.create external table ${name}Target (x: long) kind=storage dataformat=csv (h@'${address};impersonate')`);
  await run(
    `.create-or-alter continuous-export ${name} over (T) to table ${name}Target ` +
      `with (managedIdentity=${stack.identity.objectId}, intervalBetweenRuns=1h) <| T`,
  );
}

const exported = async (name: string): Promise<number> =>
  (await run(`.show continuous-export ${name} exported-artifacts`)).reduce((sum, row) => sum + Number(row[3]), 0);

const lastFailure = async (name: string): Promise<string> =>
  String((await run(`.show continuous-export ${name} failures`)).at(-1)?.[5]);

describe('taken away between two runs', () => {
  it('the identity, the policy or the role fails the next run by name; given back, each record comes once', async () => {
    await job('Losing', `${stack.storage.url}/losing`);
    await run('.ingest inline into table T <|\n1');
    await run('.run continuous-export Losing');
    expect(await exported('Losing')).toBe(1);
    const { objectId, tenantId } = stack.identity;
    const role = `viewers ('aadapp=${objectId};${tenantId}')`;
    let records = 1;
    for (const [takeAway, giveBack, code, cure] of [
      [() => stack.attachIdentity(false), () => stack.attachIdentity(true), 'ManagedIdentity_NotAttached', /[Aa]ttach/],
      [() => run('.delete cluster policy managed_identity'), allow, 'ManagedIdentity_UsageNotAllowed', /\.alter-merge/],
      [
        () => run(`.drop database NetDefaultDB ${role}`),
        () => run(`.add database NetDefaultDB ${role}`),
        'Forbidden',
        /role|viewer/i,
      ],
    ] as const) {
      await takeAway();
      await run('.ingest inline into table T <|\n2');
      const refusal = await send('.run continuous-export Losing');
      expect(refusal).toMatchObject({ code, message: expect.stringMatching(cure) as string });
      expect(await lastFailure('Losing')).toContain(code);
      expect(await exported('Losing')).toBe(records);
      await giveBack();
      await run('.run continuous-export Losing');
      expect(await exported('Losing')).toBe(++records);
    }
  });
});

describe('an address outside of the callout policy', () => {
  const policy = (isAllowed: boolean): Promise<unknown> =>
    run(
      `.alter cluster policy callout @'[{"CalloutType":"external_data","CalloutUriRegex":"^${trapAddress.replaceAll('.', '[.]')}/","CanCall":${isAllowed}}]'`,
    );

  it('never receives a token, whoever asks', async () => {
    const { objectId } = stack.identity;
    await policy(false);
    caught = [];
    for (const csl of [
      `.create external table Trap (x: long) kind=storage dataformat=csv (h@'${trapAddress}/a/c;impersonate')`,
      `.create external table Read (x: long) kind=storage dataformat=csv (h@'${trapAddress}/a/c;managed_identity=${objectId}')`,
      `.export to csv (h@'${trapAddress}/a/c;managed_identity=${objectId}') <| print x = 1`,
      `.ingest into table T (h@'${trapAddress}/a/c/f.csv;managed_identity=${objectId}') with (format=csv)`,
      `externaldata(x: long) [h@'${trapAddress}/a/c/f.csv;managed_identity=${objectId}']`,
    ]) {
      expect(await send(csl)).toMatchObject({ status: 403, code: 'Callout_NotAllowed' });
    }
    expect(caught).toEqual([]);
  });

  it('and one that was inside of it: not any more', async () => {
    const { objectId } = stack.identity;
    await policy(true);
    await job('Trapped', `${trapAddress}/a/c`);
    await run(
      `.create external table Reader (x: long) kind=storage dataformat=csv (h@'${trapAddress}/a/c;managed_identity=${objectId}')`,
    );
    await run('.ingest inline into table T <|\n3');
    caught = [];
    await send('.run continuous-export Trapped');
    // As long as it is allowed the trap is sent tokens: what follows could fail.
    expect(caught.some(({ authorization }) => authorization?.startsWith('Bearer '))).toBe(true);
    await policy(false);
    caught = [];
    expect(await send('.run continuous-export Trapped')).toMatchObject({ code: 'Callout_NotAllowed' });
    expect(await lastFailure('Trapped')).toContain('Callout_NotAllowed');
    expect(await send(`external_table('Reader')`)).toMatchObject({ code: 'Callout_NotAllowed' });
    expect(caught).toEqual([]);
  });
});
