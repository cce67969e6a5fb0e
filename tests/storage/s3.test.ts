import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, GetObjectCommand, ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { carriedCredential, openStore, parseConnectionString, Secret } from '../../src/storage/index.js';
import type { ObjectStore, StoreCredential, StoreOptions } from '../../src/storage/index.js';
import { WebStore } from '../../src/storage/web/web-store.js';
import { MOTO, startMoto, WITHOUT_MOTO, type S3Service } from '../support/s3/moto.js';
import { objectStoreSuite } from './object-store-suite.js';

const KEYS = 'AKIAIOSFODNN7EXAMPLE,wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';

function openCarried(text: string, options: StoreOptions): ObjectStore {
  const connection = parseConnectionString(text);
  return openStore(connection.address, carriedCredential(connection)!, options);
}

if (MOTO === undefined) console.log(`S3 store: skipped, ${WITHOUT_MOTO}`);
describe.skipIf(MOTO === undefined)('S3 store', () => {
  let service: S3Service;
  let admin: S3Client;
  beforeAll(async () => {
    service = await startMoto();
    const credentials = { accessKeyId: 'admin', secretAccessKey: 'admin' };
    admin = new S3Client({ endpoint: service.endpoint, region: 'us-east-1', forcePathStyle: true, credentials });
  }, 60_000);
  afterAll(async () => {
    admin?.destroy();
    await service?.stop();
  });

  async function newBucket(): Promise<string> {
    const Bucket = `b-${randomUUID()}`;
    await admin.send(new CreateBucketCommand({ Bucket }));
    return Bucket;
  }
  const options = (): StoreOptions => ({ s3Endpoint: service.endpoint });

  describe('with the bucket in the host', () => {
    objectStoreSuite(async () =>
      openCarried(`https://${await newBucket()}.s3.us-east-1.amazonaws.com;AwsCredentials=${KEYS}`, options()),
    );
  });

  describe('with the bucket in the path, in a folder', () => {
    objectStoreSuite(async () =>
      openCarried(`https://s3.us-east-1.amazonaws.com/${await newBucket()}/a%20b/c;AwsCredentials=${KEYS}`, options()),
    );
  });

  it('leaves no part of an upload behind that did not come to its end', async () => {
    const Bucket = await newBucket();
    const store = openCarried(`https://${Bucket}.s3.us-east-1.amazonaws.com;AwsCredentials=${KEYS}`, options());
    const folder = await mkdtemp(join(tmpdir(), 'calypso-s3-'));
    const file = join(folder, 'big');
    await writeFile(file, Buffer.alloc(17 * 1024 * 1024, 1));
    await expect(store.putFile('big', file, { sha256: 'other' })).rejects.toMatchObject({
      code: 'Storage_SourceChanged',
    });
    const { Uploads = [] } = await admin.send(new ListMultipartUploadsCommand({ Bucket }));
    expect(Uploads).toEqual([]);
    await rm(folder, { recursive: true });
  });

  it('tells a bucket that does not exist', async () => {
    const store = openCarried(
      `https://nowhere-${randomUUID()}.s3.us-east-1.amazonaws.com;AwsCredentials=${KEYS}`,
      options(),
    );
    const listing = (async () => {
      for await (const found of store.list('')) expect(found).toBeUndefined();
    })();
    await expect(listing).rejects.toMatchObject({ code: 'Storage_ContainerNotFound' });
  });

  it('keeps what it wrote readable for other programs', async () => {
    const Bucket = await newBucket();
    const store = openCarried(`https://${Bucket}.s3.us-east-1.amazonaws.com/x;AwsCredentials=${KEYS}`, options());
    const folder = await mkdtemp(join(tmpdir(), 'calypso-s3-'));
    await writeFile(join(folder, 'f'), 'a,b\n');
    const sha256 = createHash('sha256').update('a,b\n').digest('hex');
    await store.putFile('f.csv', join(folder, 'f'), { sha256, contentType: 'text/csv' });
    const found = await admin.send(new GetObjectCommand({ Bucket, Key: 'x/f.csv' }));
    expect(await found.Body!.transformToString()).toBe('a,b\n');
    expect(found.ContentType).toBe('text/csv');
    await rm(folder, { recursive: true });
  });
});

describe('a file of the web', () => {
  let server: Server;
  let origin: string;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'calypso-web-'));
    server = createServer((request, response) => {
      const url = new URL(request.url!, origin);
      if (request.method !== 'GET') return void response.writeHead(405).end();
      if (url.pathname === '/moved') return void response.writeHead(302, { location: '/file.csv' }).end();
      if (url.pathname === '/short')
        return void response.writeHead(200, { 'content-length': '10' }).end('abc').destroy();
      if (url.pathname === '/signed' && url.searchParams.get('X-Amz-Signature') !== 'ab+c')
        return void response.writeHead(403).end();
      if (!['/file.csv', '/signed'].includes(url.pathname)) return void response.writeHead(404).end();
      const body = 'a,b\n1,2\n';
      if (request.headers.range === 'bytes=0-0') {
        return void response
          .writeHead(206, { 'content-range': `bytes 0-0/${body.length}`, 'content-length': '1' })
          .end('a');
      }
      response.writeHead(200, { 'content-length': String(body.length) }).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    server.close();
    await rm(folder, { recursive: true });
  });

  const web = (path: string, credential: StoreCredential = { kind: 'none' }): WebStore =>
    new WebStore(origin + path, credential, {});

  it('is read whole, by its address', async () => {
    const store = web('/file.csv');
    expect(await store.head('')).toMatchObject({ size: 8 });
    await store.getFile('', join(folder, 'whole'));
    expect(await readFile(join(folder, 'whole'), 'utf8')).toBe('a,b\n1,2\n');
  });

  it('is read with the query of a presigned URL, as it stands', async () => {
    const store = web('/signed', { kind: 'sas', sas: new Secret('X-Amz-Signature=ab%2Bc') });
    expect(await store.head('')).toMatchObject({ size: 8 });
    await expect(web('/signed').head('')).rejects.toMatchObject({ code: 'Storage_PermissionDenied' });
  });

  it('is not followed to another address', async () => {
    await expect(web('/moved').getFile('', join(folder, 'moved'))).rejects.toMatchObject({
      code: 'Storage_RequestRefused',
    });
  });

  it('leaves no local file when it breaks off', async () => {
    await expect(web('/short').getFile('', join(folder, 'short'))).rejects.toMatchObject({
      code: 'Storage_Unreachable',
    });
    await expect(readFile(join(folder, 'short'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('cannot be written', async () => {
    const store = web('/file.csv');
    await expect(store.putFile()).rejects.toMatchObject({ code: 'Storage_NotSupported' });
    expect(await web('/nothing').head('')).toBeUndefined();
  });
});
