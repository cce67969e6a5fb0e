import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Sealed } from '../catalog/model.js';
import type { KustoError } from '../errors/index.js';
import { openSecretBox, SecretBox } from './secret-box.js';

const code = (code: string) => expect.objectContaining({ code }) as KustoError;

describe('secret box', () => {
  it('opens what it sealed, never twice the same text', () => {
    const box = new SecretBox(randomBytes(32));
    for (const text of ['', 'https://a/c;key=geheim', 'ключ 🔑']) {
      expect(box.open(box.seal(text))).toBe(text);
      expect(box.seal(text)).not.toBe(box.seal(text));
      if (text) expect(box.seal(text)).not.toContain(text);
    }
  });

  it('refuses what was changed, cut or sealed with another key, without showing it', () => {
    const box = new SecretBox(randomBytes(32));
    const sealed = box.seal('secret');
    const flipped = sealed.slice(0, -3) + (sealed.at(-3) === 'A' ? 'B' : 'A') + sealed.slice(-2);
    for (const bad of [
      flipped,
      sealed.slice(0, 12),
      'v2.x',
      '',
      'v1.',
      new SecretBox(randomBytes(32)).seal('secret'),
    ]) {
      expect(() => box.open(bad as Sealed)).toThrow(code('Secret_Unreadable'));
    }
  });
});

describe('the key', () => {
  let dataDirectory: string;
  beforeEach(async () => {
    dataDirectory = await mkdtemp(path.join(tmpdir(), 'calypso-secret-'));
  });
  afterEach(() => rm(dataDirectory, { recursive: true }));

  it('is made once in development, readable by its owner only', async () => {
    const boxes = await Promise.all([1, 2, 3].map(() => openSecretBox({}, { dataDirectory, development: true })));
    expect(boxes[2]!.open(boxes[0]!.seal('x'))).toBe('x');
    const file = path.join(dataDirectory, 'secrets.key');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(dataDirectory)).toEqual(['secrets.key']);
    const again = await openSecretBox({ secretsKeyFile: file }, { dataDirectory, development: false });
    expect(again.open(boxes[1]!.seal('y'))).toBe('y');
    const inline = await openSecretBox(
      { secretsKey: await readFile(file, 'utf8') },
      { dataDirectory, development: false },
    );
    expect(inline.open(boxes[1]!.seal('z'))).toBe('z');
  });

  it.each([
    ['none outside development', {}],
    ['a short one', { secretsKey: 'c2hvcnQ=' }],
    ['a file that is not there', { secretsKeyFile: '/nonexistent/key' }],
  ])('%s is refused at start', async (_title, config) => {
    await expect(openSecretBox(config, { dataDirectory, development: false })).rejects.toThrow(
      code('Configuration_Invalid'),
    );
  });
});
