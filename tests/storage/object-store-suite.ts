import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ObjectInfo, ObjectStore } from '../../src/storage/index.js';

/** What every object store does; `open` gives a store at a new, empty address each time. */
export function objectStoreSuite(open: () => Promise<ObjectStore>): void {
  let folder: string;
  let number = 0;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'calypso-store-suite-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function fileOf(bytes: Buffer) {
    const path = join(folder, `in-${++number}`);
    await writeFile(path, bytes);
    return { path, sha256: createHash('sha256').update(bytes).digest('hex') };
  }
  async function put(store: ObjectStore, name: string, text: string) {
    const { path, sha256 } = await fileOf(Buffer.from(text));
    return store.putFile(name, path, { sha256 });
  }
  async function read(store: ObjectStore, name: string) {
    const path = join(folder, `out-${++number}`);
    await store.getFile(name, path);
    return readFile(path);
  }
  async function names(store: ObjectStore, prefix: string) {
    const found: string[] = [];
    for await (const { name } of store.list(prefix)) found.push(name);
    return found;
  }

  it('gives back the bytes, the size and the hash of what was put', async () => {
    const store = await open();
    const { path, sha256 } = await fileOf(Buffer.from('a,b\n1,2\n'));
    expect(await store.putFile('dir/one.csv', path, { sha256, contentType: 'text/csv' })).toBe('created');
    expect((await read(store, 'dir/one.csv')).toString()).toBe('a,b\n1,2\n');
    const info = (await store.head('dir/one.csv')) as ObjectInfo;
    expect(info).toMatchObject({ name: 'dir/one.csv', size: 8, sha256 });
    expect(info.lastModified).toBeInstanceOf(Date);
  });

  it('keeps files of many blocks and of none whole', async () => {
    const store = await open();
    const big = randomBytes(17 * 1024 * 1024 + 5);
    const { path, sha256 } = await fileOf(big);
    await store.putFile('big.bin', path, { sha256 });
    expect((await read(store, 'big.bin')).equals(big)).toBe(true);
    await put(store, 'empty.csv', '');
    expect(await store.head('empty.csv')).toMatchObject({ size: 0 });
    expect((await read(store, 'empty.csv')).length).toBe(0);
  });

  it('never overwrites: a name that is taken keeps its content', async () => {
    const store = await open();
    expect(await put(store, 'x.csv', 'first')).toBe('created');
    expect(await put(store, 'x.csv', 'second')).toBe('exists');
    expect(await put(store, 'x.csv', 'first')).toBe('exists');
    expect((await read(store, 'x.csv')).toString()).toBe('first');
  });

  it('lets one of many writers of a name win, whole', async () => {
    const store = await open();
    const texts = ['a', 'b', 'c', 'd'].map((c) => c.repeat(200_000));
    const results = await Promise.all(texts.map((text) => put(store, 'raced.csv', text)));
    expect(results.filter((r) => r === 'created')).toHaveLength(1);
    expect((await read(store, 'raced.csv')).toString()).toBe(texts[results.indexOf('created')]);
  });

  it('leaves nothing visible of a file whose bytes are not those that were hashed', async () => {
    const store = await open();
    const { path } = await fileOf(Buffer.from('tampered'));
    const wrong = createHash('sha256').update('original').digest('hex');
    await expect(store.putFile('t.csv', path, { sha256: wrong })).rejects.toMatchObject({
      code: 'Storage_SourceChanged',
    });
    expect(await store.head('t.csv')).toBeUndefined();
    expect(await names(store, '')).toEqual([]);
  });

  it('lists by prefix, in order of name, and nothing of its own', async () => {
    const store = await open();
    for (const name of ['b/2.csv', 'a.csv', 'a/1.csv', 'b/10.csv', 'bb.csv']) await put(store, name, name);
    expect(await names(store, '')).toEqual(['a.csv', 'a/1.csv', 'b/10.csv', 'b/2.csv', 'bb.csv']);
    expect(await names(store, 'b')).toEqual(['b/10.csv', 'b/2.csv', 'bb.csv']);
    expect(await names(store, 'b/1')).toEqual(['b/10.csv']);
    expect(await names(store, 'nothing/')).toEqual([]);
  });

  it('takes names with spaces, signs and letters of every script', async () => {
    const store = await open();
    const odd = ['k=a b/c+d%20e.csv', 'k=Ærø, 東京/x&y#z.csv', "q?'(1)/@!$.csv"];
    for (const name of odd) await put(store, name, name);
    expect(await names(store, '')).toEqual([...odd].sort());
    for (const name of odd) expect((await read(store, name)).toString()).toBe(name);
  });

  it.each(['../x', 'a/../x', '/x', 'a//b', 'x/', './x', 'a\\b', 'a\0b', ''])(
    'refuses to write the name %j',
    async (name) => {
      await expect(put(await open(), name, 'x')).rejects.toMatchObject({ code: 'Storage_InvalidObjectName' });
    },
  );

  it('says that an object is missing, and leaves no local file', async () => {
    const store = await open();
    expect(await store.head('no.csv')).toBeUndefined();
    const path = join(folder, 'never');
    await expect(store.getFile('no.csv', path)).rejects.toMatchObject({ code: 'Storage_ObjectNotFound' });
    await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('deletes, and answers where there is nothing to delete', async () => {
    const store = await open();
    await put(store, 'd/x.csv', 'x');
    await store.delete('d/x.csv');
    await store.delete('d/x.csv');
    expect(await store.head('d/x.csv')).toBeUndefined();
  });

  it('stops at once when the caller has gone away', async () => {
    const store = await open();
    const { path, sha256 } = await fileOf(Buffer.from('x'));
    const signal = AbortSignal.abort();
    await expect(store.putFile('a.csv', path, { sha256, signal })).rejects.toMatchObject({ code: 'General_Cancelled' });
    await expect(store.head('a.csv', signal)).rejects.toMatchObject({ code: 'General_Cancelled' });
    expect(await store.head('a.csv')).toBeUndefined();
  });

  it('names objects by a URL without a credential', async () => {
    const store = await open();
    expect(store.urlOf('k=a b/x.csv')).toMatch(/^(https|abfss|file):\/\/[^?;]*\/k=a%20b\/x\.csv$/);
  });
}
