import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../../src/storage/index.js';

describe('local store', () => {
  let root: string;
  let outside: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'calypso-root-'));
    outside = await mkdtemp(join(tmpdir(), 'calypso-outside-'));
    await writeFile(join(outside, 'secret.csv'), 'secret');
  });
  afterEach(async () => {
    await rm(root, { recursive: true, force: true });
    await rm(outside, { recursive: true, force: true });
  });
  const open = (path: string, roots = [root]) => openStore(path, { kind: 'none' }, { localRoots: roots });
  const sha256 = createHash('sha256').update('secret').digest('hex');
  const refused = { code: 'Storage_LocalPathRefused' };

  it('is refused outside of the allowed folders, and everywhere when none is allowed', () => {
    for (const path of [outside, '/', '/etc', `${root}x`, `file://${outside}`]) {
      expect(() => open(path)).toThrow(expect.objectContaining(refused));
    }
    expect(() => open(`file://${root}/%2e%2e/x`)).toThrow(expect.objectContaining(refused));
    expect(() => open(`file://${root}/%2e%2e%2fx`)).toThrow(expect.objectContaining(refused));
    expect(() => open(root, [])).toThrow(expect.objectContaining(refused));
  });

  it('follows no link out of the allowed folder, for reading, writing, listing or deleting', async () => {
    await symlink(outside, join(root, 'link'));
    await mkdir(join(root, 'data'));
    await symlink(join(outside, 'secret.csv'), join(root, 'data', 'file.csv'));
    await symlink(outside, join(root, 'data', 'deep'));
    const input = join(outside, 'secret.csv');
    const store = open(join(root, 'data'));
    await expect(open(join(root, 'link')).head('secret.csv')).rejects.toMatchObject(refused);
    await expect(store.head('file.csv')).rejects.toMatchObject(refused);
    await expect(store.getFile('deep/secret.csv', join(root, 'out'))).rejects.toMatchObject(refused);
    await expect(store.putFile('deep/new.csv', input, { sha256 })).rejects.toMatchObject(refused);
    await expect(store.delete('deep/secret.csv')).rejects.toMatchObject(refused);
    const names = [];
    for await (const { name } of store.list('')) names.push(name);
    expect(names).toEqual([]);
    expect(await readdir(outside)).toEqual(['secret.csv']);
  });

  it('reads the one file that an address names', async () => {
    await writeFile(join(root, 'one.csv'), 'abc');
    const store = open(join(root, 'one.csv'));
    expect(await store.head('')).toMatchObject({ name: '', size: 3 });
    await store.getFile('', join(outside, 'copy'));
    expect(store.urlOf('')).toBe(`file://${root}/one.csv`);
  });

  it('sweeps what killed writers left, and leaves what is being written', async () => {
    const staging = join(root, '.calypso-staging');
    await mkdir(staging);
    await writeFile(join(staging, 'old'), 'x');
    await writeFile(join(staging, 'young'), 'x');
    await utimes(join(staging, 'old'), new Date(0), new Date(0));
    await open(root).putFile('a.csv', join(outside, 'secret.csv'), { sha256 });
    expect(await readdir(staging)).toEqual(['young']);
    const names = [];
    for await (const { name } of open(root).list('')) names.push(name);
    expect(names).toEqual(['a.csv']);
  });

  it('says when a file stands where a folder is needed', async () => {
    await writeFile(join(root, 'a'), 'x');
    const put = open(root).putFile('a/b.csv', join(outside, 'secret.csv'), { sha256 });
    await expect(put).rejects.toMatchObject({ code: 'Storage_Conflict' });
  });
});
