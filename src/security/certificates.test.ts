import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureCertificates, makeCertificates } from './certificates.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'calypso-certificates-'));
});
afterEach(() => rm(directory, { recursive: true }));

describe('certificates', () => {
  it('are for loopback only, by a CA that signs nothing else', async () => {
    const { ca, cert } = await makeCertificates();
    const [authority, server] = [new X509Certificate(ca), new X509Certificate(cert)];
    expect(server.verify(authority.publicKey)).toBe(true);
    expect([authority.ca, server.ca]).toEqual([true, false]);
    expect(server.checkHost('localhost')).toBe('localhost');
    expect(server.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(server.checkHost('example.com')).toBeUndefined();
  });

  it('are kept in the folder, with a key for its owner only', async () => {
    const made = await ensureCertificates(directory);
    expect((await stat(path.join(directory, 'server-key.pem'))).mode & 0o777).toBe(0o600);
    expect(await ensureCertificates(directory)).toEqual(made);
  });

  it('are made anew before they end', async () => {
    await ensureCertificates(directory);
    const { cert } = await makeCertificates(0.5);
    await writeFile(path.join(directory, 'server.pem'), cert);
    const again = await ensureCertificates(directory);
    expect(again.cert).not.toBe(cert);
    expect(new X509Certificate(again.cert).verify(new X509Certificate(again.ca).publicKey)).toBe(true);
  });
});
