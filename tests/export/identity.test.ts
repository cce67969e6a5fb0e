import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ContainerClient } from '@azure/storage-blob';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestStorage, type TestStorage } from '../support/azurite/index.js';
import { createTestIssuer, type TestIssuer } from '../support/azurite/test-issuer.js';
import { createTables, IDENTITY, ingest, jobOf, openBench, TENANT, type Bench } from './support/bench.js';
import { accountOf, doubled, missing, type Account } from './support/outsider.js';

let root: string;
let issuer: TestIssuer;
let storage: TestStorage;
let bench: Bench;
let container: ContainerClient;
let address: string;
/** What the identity's endpoint answers with. */
let tokenOid: string;
let next = 0;
let count = 0;

async function contents(): Promise<Account> {
  const files: { address: string; text: string }[] = [];
  for await (const { name } of container.listBlobsFlat()) {
    const text = (await container.getBlobClient(name).downloadToBuffer()).toString();
    files.push({ address: `${address}/${name}`, text });
  }
  return accountOf(files);
}

const POLICY = `'[{"ObjectId":"${IDENTITY}","AllowedUsages":"AutomatedFlows"}]'`;
const run = () => bench.rows('.run continuous-export Job');
const failures = async () =>
  (await bench.rows('.show continuous-export Job failures')).map((one) => String(one['Details']));

async function ingestNext(): Promise<void> {
  await ingest(bench, 'T', next, next + 10);
  next += 10;
}

async function expectWhole(): Promise<void> {
  const account = await contents();
  expect([missing(account, next), doubled(account)]).toEqual([[], []]);
  const artifacts = await bench.rows('.show continuous-export Job exported-artifacts');
  expect(new Map(artifacts.map((one) => [one['Path'], Number(one['NumRecords'])]))).toEqual(account.files);
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'calypso-identity-'));
  issuer = await createTestIssuer();
  storage = await startTestStorage({ accounts: ['acct'], jwks: issuer.keys, issuers: [issuer.issuer] });
});
afterAll(async () => {
  await storage.stop();
  await rm(root, { recursive: true, force: true });
});

/** The five steps. */
beforeEach(async () => {
  count++;
  next = 0;
  tokenOid = IDENTITY;
  storage.proxy.fault = undefined;
  container = storage.container('acct', `exports${count}`);
  await container.create();
  address = storage.addressOf('acct', `exports${count}`);
  storage.proxy.grant(IDENTITY, 'acct', 'Storage Blob Data Contributor');
  bench = await openBench({
    folder: join(root, `data${count}`),
    targets: root,
    store: { certificateAuthority: storage.certificate.cert, requestDeadline: 2_000 },
    callouts: [{ CalloutType: 'external_data', CalloutUriRegex: `^${storage.proxy.url}/`, CanCall: true }],
    tokenOf: async () => ({
      token: await issuer.token(tokenOid),
      expiresOnTimestamp: Date.now() + 3_600_000,
    }),
  });
  await createTables(bench, 'T');
  await bench.scheduler.start();
  await bench.run(`.alter-merge cluster policy managed_identity ${POLICY}`);
  await bench.run(`.add database Db viewers ('aadapp=${IDENTITY};${TENANT}')`);
  await bench.run(
    `.create external table Target (id:long, label:string, at:datetime) kind=storage dataformat=csv (h@'${address};impersonate')`,
  );
  await bench.run(
    `.create-or-alter continuous-export Job over (T) to table Target with (managedIdentity=${IDENTITY}) <| T`,
  );
  return () => bench.close();
});

describe('a job on behalf of a managed identity', () => {
  it('writes as the identity', async () => {
    const seen = new Set<string | undefined>();
    storage.proxy.observe = ({ method, oid }) => void (method === 'PUT' && seen.add(oid));
    await ingestNext();
    await run();
    storage.proxy.observe = undefined;
    expect([...seen]).toEqual([IDENTITY]);
    await expectWhole();
  });

  it('fails clearly when the storage role is taken away, and catches up when it is given back', async () => {
    await ingestNext();
    await run();
    storage.proxy.revoke(IDENTITY, 'acct');
    await ingestNext();
    const error = await bench.refusal('.run continuous-export Job');
    expect(error.code).toBe('Storage_PermissionDenied');
    expect(await failures()).toEqual([
      expect.stringMatching(/^Storage_PermissionDenied: .*Storage Blob Data Contributor/),
    ]);
    expect((await bench.rows('.show continuous-export Job'))[0]).toMatchObject({ LastRunResult: 'Failed' });
    await ingestNext();
    storage.proxy.grant(IDENTITY, 'acct', 'Storage Blob Data Contributor');
    await run();
    await expectWhole();
  });

  it('fails its next run when the role, the policy or the identity is taken away', async () => {
    await ingestNext();
    for (const [takeAway, giveBack, code] of [
      [
        `.drop database Db viewers ('aadapp=${IDENTITY};${TENANT}')`,
        `.add database Db viewers ('aadapp=${IDENTITY};${TENANT}')`,
        'Forbidden',
      ],
      [
        '.delete cluster policy managed_identity',
        `.alter cluster policy managed_identity ${POLICY}`,
        'ManagedIdentity_UsageNotAllowed',
      ],
    ] as const) {
      await bench.run(takeAway);
      expect((await bench.refusal('.run continuous-export Job')).code).toBe(code);
      expect((await failures()).at(-1)).toMatch(new RegExp(`^${code}: `));
      await bench.run(giveBack);
    }
    expect((await contents()).files.size).toBe(0);
    await run();
    await expectWhole();
  });

  it('does not use a token of another identity', async () => {
    await ingestNext();
    tokenOid = '99999999-9999-4999-8999-999999999999';
    expect((await bench.refusal('.run continuous-export Job')).code).toBe('ManagedIdentity_TokenMismatch');
    tokenOid = IDENTITY;
    await run();
    await expectWhole();
  });

  it('holds the role against the journal too: a window that was written is not sent for one who may no longer read', async () => {
    await ingestNext();
    storage.proxy.fault = () => ({ kind: 'status', status: 503 });
    await bench.refusal('.run continuous-export Job');
    storage.proxy.fault = undefined;
    await bench.run(`.drop database Db viewers ('aadapp=${IDENTITY};${TENANT}')`);
    expect((await bench.refusal('.run continuous-export Job')).code).toBe('Forbidden');
    expect((await contents()).files.size).toBe(0);
  });
});

describe('a storage that fails', () => {
  const once = (kind: 'reset' | 'resetAfter' | 'stall', method = 'PUT') => {
    let isDone = false;
    storage.proxy.fault = (request) => {
      if (isDone || request.method !== method) return undefined;
      isDone = true;
      return { kind };
    };
  };

  it.each(['reset', 'resetAfter', 'stall'] as const)('once (%s) has each record once after the retry', async (kind) => {
    await ingestNext();
    once(kind);
    const error = await bench.refusal('.run continuous-export Job');
    expect(error.permanent).toBe(false);
    expect(doubled(await contents())).toEqual([]);
    await ingestNext();
    await run();
    await expectWhole();
  });

  it('is not asked again by the run itself: it lets go of its slot', async () => {
    await ingestNext();
    let requests = 0;
    storage.proxy.fault = () => {
      requests++;
      return { kind: 'status', status: 503, code: 'ServerBusy' };
    };
    await bench.refusal('.run continuous-export Job');
    expect([requests, bench.capacity.consumed]).toEqual([1, 0]);
    storage.proxy.fault = undefined;
    await run();
    await expectWhole();
  });

  it('keeps the place of a job whose container is gone', async () => {
    await ingestNext();
    const before = jobOf(bench, bench.catalog.snapshot().byName('continuousExport', 'db', 'Job')!.id).cursor;
    await container.delete();
    expect((await bench.refusal('.run continuous-export Job')).code).toBe('Storage_ContainerNotFound');
    expect(jobOf(bench, bench.catalog.snapshot().byName('continuousExport', 'db', 'Job')!.id).cursor).toBe(before);
  });
});

describe('several accounts', () => {
  it('share the files, and a retry keeps each file where it was', async () => {
    const second = storage.container('acct', `exports${count}b`);
    await second.create();
    await bench.run(
      `.create-or-alter external table Target (id:long, label:string, at:datetime) kind=storage
       partition by (Label:string=label) pathformat = (Label) dataformat=csv
       (h@'${address};impersonate', h@'${storage.addressOf('acct', `exports${count}b`)};impersonate')`,
    );
    await ingest(bench, 'T', 0, 10, (id) => `l${id % 5}`);
    let puts = 0;
    storage.proxy.fault = ({ method }) => (method === 'PUT' && ++puts === 4 ? { kind: 'resetAfter' } : undefined);
    await bench.refusal('.run continuous-export Job');
    storage.proxy.fault = undefined;
    const artifacts = await run();
    expect(artifacts).toHaveLength(5);
    const names: string[] = [];
    for (const one of [container, second]) for await (const { name } of one.listBlobsFlat()) names.push(name);
    expect(names).toHaveLength(5);
    expect(new Set(artifacts.map((one) => new URL(String(one['Path'])).pathname.split('/')[2])).size).toBe(2);
  });
});

describe('a job that is dropped in the middle of a window', () => {
  it('takes back what of the window is at the target, and leaves what was committed', async () => {
    await bench.run(
      `.create-or-alter external table Target (id:long, label:string, at:datetime) kind=storage
       partition by (Label:string=label) pathformat = (Label) dataformat=csv (h@'${address};impersonate')`,
    );
    await ingestNext();
    await run();
    const committed = (await contents()).files;
    await ingest(bench, 'T', 10, 20, (id) => `l${id % 5}`);
    let puts = 0;
    storage.proxy.fault = ({ method }) =>
      method === 'PUT' && ++puts > 2 ? { kind: 'status', status: 503, code: 'ServerBusy' } : undefined;
    await bench.refusal('.run continuous-export Job');
    expect(await bench.rows('.show continuous-export Job failures')).toMatchObject([{ FailureKind: 'PartialFailure' }]);
    expect((await contents()).files.size).toBeGreaterThan(committed.size);
    storage.proxy.fault = undefined;
    await bench.run('.drop continuous-export Job');
    while (bench.services.journal.entries().length > 0) await new Promise((resolve) => setImmediate(resolve));
    expect((await contents()).files).toEqual(committed);
  });
});
