import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { chmod, link, mkdir, open, readFile, unlink } from 'node:fs/promises';
import path from 'node:path';
import type { Sealed } from '../catalog/model.js';
import { KustoError } from '../errors/index.js';

const VERSION = 'v1';
const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Seals secrets for the catalog: AES-256-GCM, `v1.<base64url of iv, tag, ciphertext>`. */
export class SecretBox {
  readonly #key: Buffer;

  /** @param key 32 bytes. */
  constructor(key: Buffer) {
    if (key.length !== KEY_BYTES) throw new KustoError('Configuration_Invalid', BAD_KEY);
    this.#key = key;
  }

  seal(text: string): Sealed {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#key, iv);
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return `${VERSION}.${Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url')}` as Sealed;
  }

  /** Throws Secret_Unreadable. */
  open(sealed: Sealed): string {
    try {
      const [version, body = ''] = sealed.split('.');
      if (version !== VERSION) throw new Error('unknown version');
      const bytes = Buffer.from(body, 'base64url');
      const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, IV_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      return decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
    } catch {
      throw new KustoError(
        'Secret_Unreadable',
        'A stored secret cannot be read with the configured secrets key. Configure the key with which it was stored, or write the secret again.',
      );
    }
  }
}

const BAD_KEY = 'The secrets key must be 32 bytes in base64. Make one with: openssl rand -base64 32';

/** The part of the configuration that names the key. */
export interface SecretsKeyConfig {
  readonly secretsKey?: string | undefined;
  readonly secretsKeyFile?: string | undefined;
}

/**
 * The box with the configured key. Without one, in development, with a key that is made at first start in the data
 * folder (`secrets.key`, readable by its owner only); otherwise Configuration_Invalid.
 */
export async function openSecretBox(
  config: SecretsKeyConfig,
  options: { readonly dataDirectory: string; readonly development: boolean },
): Promise<SecretBox> {
  if (config.secretsKey !== undefined) return new SecretBox(decodeKey(config.secretsKey));
  if (config.secretsKeyFile !== undefined) return new SecretBox(decodeKey(await readKeyFile(config.secretsKeyFile)));
  if (!options.development) {
    throw new KustoError(
      'Configuration_Invalid',
      'secretsKey or secretsKeyFile must be given: secrets are stored encrypted only. Make a key with: openssl rand -base64 32',
    );
  }
  const file = path.join(options.dataDirectory, 'secrets.key');
  await createKeyFile(file);
  return new SecretBox(decodeKey(await readKeyFile(file)));
}

/** Makes the file whole or not at all, and never over another one: a lost key is lost secrets. */
async function createKeyFile(file: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const temporary = `${file}.${randomBytes(6).toString('hex')}`;
  const handle = await open(temporary, 'wx', 0o600);
  try {
    await handle.writeFile(`${randomBytes(KEY_BYTES).toString('base64')}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    await link(temporary, file);
    await chmod(file, 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await unlink(temporary);
  }
}

async function readKeyFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new KustoError('Configuration_Invalid', `The secrets key file '${file}' cannot be read.`, { cause });
  }
}

function decodeKey(text: string): Buffer {
  const trimmed = text.trim();
  if (!/^[A-Za-z0-9+/]{43}=$/.test(trimmed)) throw new KustoError('Configuration_Invalid', BAD_KEY);
  return Buffer.from(trimmed, 'base64');
}
