import { X509Certificate } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { generate } from 'selfsigned';

/** PEM texts. `ca` is the certificate to trust; `cert` and `key` are the server's. */
export interface Certificates {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

const DAY = 86_400_000;
const LOOPBACK_NAMES = [
  { type: 2 as const, value: 'localhost' },
  { type: 7 as const, ip: '127.0.0.1' },
  { type: 7 as const, ip: '::1' },
];

/**
 * A new CA and a server certificate for localhost, 127.0.0.1 and ::1. The CA's key is thrown away: nothing else can
 * ever be signed by what a developer's machine has come to trust.
 */
export async function makeCertificates(days = 365): Promise<Certificates> {
  const validity = { notBeforeDate: new Date(Date.now() - DAY), notAfterDate: new Date(Date.now() + days * DAY) };
  const authority = await generate([{ name: 'commonName', value: 'Calypso local CA' }], {
    ...validity,
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const server = await generate([{ name: 'commonName', value: 'localhost' }], {
    ...validity,
    algorithm: 'sha256',
    ca: { cert: authority.cert, key: authority.private },
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true, keyEncipherment: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: LOOPBACK_NAMES },
    ],
  });
  return { ca: authority.cert, cert: server.cert, key: server.private };
}

/** The certificates in a folder (`ca.pem`, `server.pem`, `server-key.pem`), made when they are not there yet or end soon. */
export async function ensureCertificates(directory: string): Promise<Certificates & { readonly caFile: string }> {
  const file = (name: string) => path.join(directory, name);
  const caFile = file('ca.pem');
  try {
    const [ca, cert, key] = await Promise.all(
      ['ca.pem', 'server.pem', 'server-key.pem'].map((name) => readFile(file(name), 'utf8')),
    );
    if (ca && cert && key && isLasting(cert)) return { ca, cert, key, caFile };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const made = await makeCertificates();
  await mkdir(directory, { recursive: true });
  await writeFile(file('server-key.pem'), made.key, { mode: 0o600 });
  await writeFile(file('server.pem'), made.cert);
  await writeFile(caFile, made.ca);
  return { ...made, caFile };
}

function isLasting(cert: string): boolean {
  return new Date(new X509Certificate(cert).validTo).getTime() > Date.now() + DAY;
}
