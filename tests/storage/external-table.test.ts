import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ExternalTableEntity, Sealed } from '../../src/catalog/model.js';
import {
  connectionRef,
  credentialProvider,
  describeTable,
  externalFiles,
  fetchExternal,
  partitionJson,
  PathLayout,
  requireNotEmpty,
  sampleUris,
  type ExternalFile,
  type FileSelection,
  type StorageAccess,
} from '../../src/external/index.js';
import { openStore, Secret } from '../../src/storage/index.js';
import { parseDatetime, type KustoValue } from '../../src/values/index.js';
import { startTestStorage, type TestStorage } from '../support/azurite/index.js';
import { createTestIssuer, type TestIssuer } from '../support/azurite/test-issuer.js';

describe('external table on real storage', () => {
  const oid = randomUUID();
  const day = (text: string) => parseDatetime(text) as bigint;
  let issuer: TestIssuer;
  let storage: TestStorage;
  let directory: string;
  let containers: string[];
  const requests: string[] = [];

  beforeAll(async () => {
    issuer = await createTestIssuer();
    storage = await startTestStorage({ accounts: ['one', 'two'], jwks: issuer.keys, issuers: [issuer.issuer] });
    storage.proxy.grant(oid, 'one', 'Storage Blob Data Reader');
    storage.proxy.grant(oid, 'two', 'Storage Blob Data Reader');
  });
  afterAll(() => storage.stop());
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'calypso-exchange-'));
    const name = `c-${randomUUID()}`;
    for (const account of ['one', 'two']) await storage.container(account, name).create();
    containers = ['one', 'two'].map((account) => storage.addressOf(account, name));
    requests.length = 0;
    storage.proxy.observe = ({ url, method }) => void requests.push(`${method} ${url}`);
  });
  afterEach(async () => {
    storage.proxy.fault = undefined;
    await rm(directory, { recursive: true, force: true });
  });

  const seal = (text: string) => Buffer.from(text).toString('base64') as Sealed;
  const access = (): StorageAccess => ({
    usage: 'ExternalTable',
    checkpoints: {
      directory: '',
      rows: () => {
        throw new Error('not a Delta table');
      },
    },
    store: { certificateAuthority: storage.certificate.cert },
    credentialFor: credentialProvider({
      unseal: (sealed) => Buffer.from(sealed, 'base64').toString(),
      tokenFor: async ({ identity }, usage) => {
        expect([identity, usage]).toEqual([oid, 'ExternalTable']);
        const token = await issuer.token(oid);
        const credential = { getToken: () => Promise.resolve({ token, expiresOnTimestamp: Date.now() + 3600_000 }) };
        return { kind: 'token', credential, principal: `managed identity ${oid}`, renewable: true };
      },
    }),
  });
  function table(more: Partial<ExternalTableEntity> = {}): ExternalTableEntity {
    return {
      kind: 'externalTable',
      id: 'x',
      databaseId: 'd',
      name: 'ET',
      tableKind: 'storage',
      columns: [
        { name: 'Timestamp', type: 'datetime' },
        { name: 'Customer', type: 'string' },
      ],
      partitions: [
        { name: 'Part', type: 'string', source: 'Customer', function: { kind: 'value' } },
        { name: 'Date', type: 'datetime', source: 'Timestamp', function: { kind: 'startofday' } },
      ],
      pathFormat: [
        { kind: 'separator', text: 'c=' },
        { kind: 'partition', name: 'Part' },
        { kind: 'separator', text: '/' },
        { kind: 'datetime', pattern: 'yyyyMMdd', name: 'Date' },
      ],
      dataFormat: 'csv',
      connections: containers.map((c) => connectionRef(`${c}/root;managed_identity=${oid}`, seal)),
      properties: {},
      folder: '',
      docString: '',
      ...more,
    };
  }
  const flat = (more: Partial<ExternalTableEntity> = {}) => table({ partitions: [], pathFormat: [], ...more });
  async function write(connection: number, name: string, content: string | Buffer) {
    const path = join(directory, 'upload');
    await writeFile(path, content);
    const key = storage.keyOf(connection === 0 ? 'one' : 'two');
    const store = openStore(`${containers[connection]}/root`, { kind: 'key', key: new Secret(key) }, access().store);
    const sha256 = createHash('sha256').update(content).digest('hex');
    expect(await store.putFile(name, path, { sha256 })).toBe('created');
    await rm(path);
  }
  async function writeRows(t: ExternalTableEntity, values: KustoValue[], connection = 0) {
    const name = `${new PathLayout(t).folderOf(values)}/f-${randomUUID()}.csv`;
    await write(connection, name, `${String(values[1])},${String(values[0])}\n`);
    return name;
  }
  async function files(t: ExternalTableEntity, selection: FileSelection = {}) {
    const found: ExternalFile[] = [];
    for await (const file of externalFiles(t, access(), selection)) found.push(file);
    return found;
  }

  it('shows the files of every connection with their partitions, up to the limit', async () => {
    const t = table();
    await writeRows(t, ['john doe', day('2020-01-01')], 0);
    await writeRows(t, ['', null], 1);
    await write(0, 'elsewhere.csv', 'x');
    const found = await files(t);
    expect(found.map((file) => JSON.parse(partitionJson(t, file)) as unknown)).toEqual([
      { Part: 'john doe', Date: '2020-01-01T00:00:00.0000000Z' },
      { Part: '', Date: null },
    ]);
    expect(found[0]?.uri).toMatch(/^https:\/\/127.0.0.1:\d+\/one\/c-[^?;]*\/root\/c=john%20doe\/20200101\/f-/);
    expect(found[0]?.size).toBeGreaterThan(0);
    expect(await files(t, { limit: 1 })).toHaveLength(1);
  });

  it('downloads only the files in which a row may be, and lists only their folders', async () => {
    const t = table();
    const customers = ['a', 'b', 'x/y', ''];
    for (const customer of customers) {
      for (const date of ['2020-01-01', '2020-01-02', '2021-01-01']) await writeRows(t, [customer, day(date)]);
    }
    requests.length = 0;
    const scan = await fetchExternal(t, access(), {
      directory,
      maxBytes: 1e6,
      predicate: [
        { kind: 'in', column: 'Customer', values: ['a', 'x/y'] },
        { kind: 'range', column: 'Timestamp', from: day('2020-01-02T05:00'), to: day('2020-01-02T06:00') },
      ],
    });
    const texts = await Promise.all(scan.files.map(({ path }) => readFile(path, 'utf8')));
    // The default partition holds '' beside 'x/y': the query itself tells them apart.
    expect(texts.map((text) => text.split(',')[1]?.trim()).sort()).toEqual(['', 'a', 'x/y']);
    const lists = requests.filter((r) => r.includes('comp=list')).map((r) => new URL(`https://x${r.split(' ')[1]}`));
    expect(new Set(lists.map((url) => url.searchParams.get('prefix')))).toEqual(
      new Set(['root/c=a/20200102', 'root/c=__DEFAULT_PARTITION__/20200102']),
    );
    await scan.release();
    expect(await readdir(directory)).toEqual([]);
  });

  it('reads compressed files, headers and names as the properties say', async () => {
    const t = flat({ properties: { includeHeaders: 'FirstFile', namePrefix: 'export', fileExtension: '.csv' } });
    await write(0, 'export_1.csv', gzipSync('h\n1\n'));
    await write(0, 'export_2.csv', '2\n');
    await write(0, 'sub/export_3.csv', 'h\n3\n');
    await write(0, 'other.csv', 'x');
    await write(0, 'export_4.txt', 'x');
    await write(0, 'export_0.csv', '');
    const scan = await fetchExternal(t, access(), { directory, maxBytes: 1e6 });
    expect(
      scan.files.map(({ uri, compression, hasHeader }) => [uri.split('/root/')[1], compression, hasHeader]),
    ).toEqual([
      ['export_1.csv', 'gzip', true],
      ['export_2.csv', 'none', false],
      ['sub/export_3.csv', 'none', true],
    ]);
    await scan.release();
  });

  it('reads the one file that a connection string names', async () => {
    await write(0, 'one.csv', '1\n');
    const connections = [connectionRef(`${containers[0]}/root/one.csv;managed_identity=${oid}`, seal)];
    const scan = await fetchExternal(flat({ connections }), access(), { directory, maxBytes: 1e6 });
    expect(scan.files).toMatchObject([{ uri: `${containers[0]}/root/one.csv`, size: 2 }]);
    await scan.release();
  });

  it('leaves nothing on the disk when a download fails, the caller goes away or there is too much', async () => {
    for (let i = 0; i < 6; i++) await write(0, `f${i}.csv`, 'x'.repeat(100));
    const limits = { directory, maxBytes: 1e6 };
    storage.proxy.fault = ({ url, method }) =>
      method === 'GET' && url.includes('f4.csv') ? { kind: 'status', status: 503, code: 'ServerBusy' } : undefined;
    await expect(fetchExternal(flat(), access(), limits)).rejects.toMatchObject({ code: 'Storage_Throttled' });
    expect(await readdir(directory)).toEqual([]);

    const caller = new AbortController();
    storage.proxy.fault = ({ url, method }) => {
      if (method !== 'GET' || !url.includes('f1.csv')) return undefined;
      caller.abort();
      return { kind: 'stall' };
    };
    const cancelled = fetchExternal(flat(), access(), { ...limits, signal: caller.signal });
    await expect(cancelled).rejects.toMatchObject({ code: 'General_Cancelled' });
    expect(await readdir(directory)).toEqual([]);

    storage.proxy.fault = undefined;
    const tooMuch = fetchExternal(flat(), access(), { directory, maxBytes: 500 });
    await expect(tooMuch).rejects.toMatchObject({ code: 'ExternalTable_ScanTooLarge' });
    expect(await readdir(directory)).toEqual([]);
  });

  it('refuses what it would read wrongly: zip archives', async () => {
    await write(0, 'a.zip', Buffer.from('PK\u0003\u0004rest', 'latin1'));
    await expect(fetchExternal(flat(), access(), { directory, maxBytes: 1e6 })).rejects.toMatchObject({
      code: 'Storage_NotSupported',
    });
    expect(await readdir(directory)).toEqual([]);
  });

  it('fails by name when the identity may not read', async () => {
    storage.proxy.revoke(oid, 'two');
    const failed = fetchExternal(flat(), access(), { directory, maxBytes: 1e6 });
    await expect(failed).rejects.toMatchObject({ code: 'Storage_PermissionDenied' });
    storage.proxy.grant(oid, 'two', 'Storage Blob Data Reader');
  });

  it('is not empty only when every connection has a file of it', async () => {
    const t = flat({ properties: { fileExtension: '.csv' } });
    await write(0, 'a.csv', '1');
    await write(1, 'b.txt', '1');
    const empty = { code: 'ExternalTable_Empty', message: expect.stringContaining('/two/') as string };
    await expect(requireNotEmpty(t, access())).rejects.toMatchObject(empty);
    await write(1, 'b.csv', '1');
    await requireNotEmpty(t, access());
  });

  it('lists beyond one page of the service', async () => {
    const container = storage.container('one', new URL(containers[0] as string).pathname.split('/')[2] as string);
    const names = Array.from({ length: 1100 }, (_, i) => `root/${String(i).padStart(4, '0')}.csv`);
    for (let i = 0; i < names.length; i += 50) {
      await Promise.all(names.slice(i, i + 50).map((n) => container.getBlockBlobClient(n).upload('x', 1)));
    }
    requests.length = 0;
    expect((await files(flat())).map(({ name }) => `root/${name}`)).toEqual(names);
    expect(requests.filter((r) => r.includes('/one/') && r.includes('comp=list'))).toHaveLength(2);
  });

  it('describes itself as the reference does, without its secrets', () => {
    const t = table({ connections: [connectionRef('https://acct.blob.core.windows.net/c;TopSecret', seal)] });
    expect(describeTable(t)).toEqual({
      tableType: 'Blob',
      properties:
        '{"Format":"Csv","Compressed":false,"CompressionType":null,"FileExtension":null,"IncludeHeaders":"None","Encoding":null,"NamePrefix":null}',
      connectionStrings: '["https://acct.blob.core.windows.net/c;*******"]',
      partitions:
        '[{"Name":"Part","ColumnName":"Customer","Ordinal":0},{"Function":"StartOfDay","Name":"Date","ColumnName":"Timestamp","Ordinal":1}]',
      pathFormat: '"c=" Part "/" datetime_pattern("yyyyMMdd",Date)',
    });
    const [uri] = sampleUris(t, new Date('2024-05-06T07:08:09Z'));
    expect(uri).toMatch(
      /^https:\/\/acct\.blob\.core\.windows\.net\/c\/c=Part_1\/20240506\/export_1_[0-9a-f]{32}\.csv$/,
    );
  });
});
