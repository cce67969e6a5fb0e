import { isIP } from 'node:net';
import { KustoError } from '../errors/index.js';
import { invalid } from './invalid.js';

/** Where a storage address points to. Paths have no slash at either end and are not URL-encoded. */
export type StorageAddress =
  | {
      readonly kind: 'blob';
      /** URL of the blob service, without a slash at its end; for the hierarchical addresses too. */
      readonly serviceUrl: string;
      readonly account: string;
      readonly container: string;
      /** Folder or object inside the container; empty for the container itself. */
      readonly path: string;
      readonly isOneLake: boolean;
    }
  | {
      readonly kind: 's3';
      /** Undefined: the region of the address says where the bucket is, or the configured endpoint. */
      readonly region: string | undefined;
      readonly bucket: string;
      /** Folder or object inside the bucket; empty for the bucket itself. */
      readonly path: string;
    }
  /** One object, read only. */
  | { readonly kind: 'web' }
  | { readonly kind: 'local'; readonly path: string };

const AZURE_HOST =
  /^(?<account>[a-z0-9-]+)((?:\.[a-z0-9-]+)*)\.(?:blob|dfs)\.(?:core\.(?:windows\.net|chinacloudapi\.cn|usgovcloudapi\.net|cloudapi\.de)|storage\.azure\.net|fabric\.microsoft\.com)$/;
const S3_HOST =
  /^(?:(?<bucket>.+)\.)?s3(?:[.-](?:dualstack\.)?(?<region>[a-z]{2}(?:-[a-z]+)+-\d))?\.amazonaws\.com(?:\.cn)?$/;

/** Reads an address without its credential. Throws KustoError. */
export function parseAddress(address: string): StorageAddress {
  if (/^adl:\/\//i.test(address)) {
    throw new KustoError(
      'Storage_NotSupported',
      'adl:// (Azure Data Lake Storage Gen1) is not supported: use an https:// or abfss:// address of Blob Storage or Data Lake Storage Gen2.',
    );
  }
  if (address.startsWith('/')) return { kind: 'local', path: localPath(address) };
  const url = urlOf(address);
  if (url.username && url.protocol !== 'abfss:') throw invalid('it holds a user name');
  if (url.password) throw invalid('it holds a password');
  switch (url.protocol) {
    case 'file:':
      if (url.hostname && url.hostname !== 'localhost') throw invalid('a file:// address has no host: file:///folder');
      return { kind: 'local', path: localPath(decode(url.pathname)) };
    case 'abfss:':
      return abfss(url);
    case 'http:':
      if (!isLoopback(url.hostname)) {
        throw new KustoError(
          'Storage_InsecureConnection',
          `Plain http is allowed to addresses of this machine only: use https://${url.host}…`,
        );
      }
      return web(url);
    case 'https:':
      return web(url);
    default:
      throw invalid('its scheme is none of https, abfss, file');
  }
}

/** True for `localhost` and the loopback networks of IPv4 and IPv6. */
export function isLoopback(hostname: string): boolean {
  const host = bareHost(hostname);
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** Path-style addresses name the account in the first segment of the path, as Azurite does. */
function isPathStyle(hostname: string): boolean {
  const host = bareHost(hostname);
  return host === 'localhost' || isIP(host) !== 0;
}

function bareHost(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '').toLowerCase();
}

function web(url: URL): StorageAddress {
  const segments = segmentsOf(url);
  if (isPathStyle(url.hostname)) {
    const [account, container, ...path] = segments;
    if (!account || !container) throw invalid('it names no container: https://host/account/container');
    return blob(`${url.origin}/${account}`, account, container, path, false);
  }
  const hostname = url.hostname.toLowerCase();
  const azure = AZURE_HOST.exec(hostname);
  if (azure) {
    const [container, ...path] = segments;
    if (!container) throw invalid('it names no container: https://account.blob.core.windows.net/container');
    return azureBlob(url, azure.groups?.['account'] ?? '', container, path);
  }
  const s3 = S3_HOST.exec(hostname);
  return s3 ? s3Address(s3.groups!, segments) : { kind: 'web' };
}

/** The bucket stands in the host, or in the first segment of the path. */
function s3Address(host: Readonly<Record<string, string | undefined>>, segments: readonly string[]): StorageAddress {
  const [bucket, ...path] = host['bucket'] === undefined ? segments : [host['bucket'], ...segments];
  if (!bucket) throw invalid('it names no bucket: https://bucket.s3.region.amazonaws.com/folder');
  return { kind: 's3', region: host['region'], bucket, path: path.join('/') };
}

function abfss(url: URL): StorageAddress {
  const container = decode(url.username);
  if (!container || !url.hostname) throw invalid('abfss://filesystem@account.dfs.core.windows.net/path is expected');
  const segments = segmentsOf(url);
  if (isPathStyle(url.hostname)) {
    const [account, ...path] = segments;
    if (!account) throw invalid('it names no account: abfss://filesystem@host/account/path');
    return blob(`https://${url.host}/${account}`, account, container, path, false);
  }
  const azure = AZURE_HOST.exec(url.hostname.toLowerCase());
  if (!azure) throw invalid('its host is no Data Lake Storage account');
  return azureBlob(url, azure.groups?.['account'] ?? '', container, segments);
}

/** The Data Lake endpoint's files are the Blob endpoint's blobs: one client serves both. */
function azureBlob(url: URL, account: string, container: string, path: string[]): StorageAddress {
  const host = url.host.toLowerCase().replace('.dfs.', '.blob.');
  return blob(`https://${host}`, account, container, path, host.endsWith('.fabric.microsoft.com'));
}

function blob(serviceUrl: string, account: string, container: string, path: string[], isOneLake: boolean) {
  return { kind: 'blob', serviceUrl, account, container, path: path.join('/'), isOneLake } as const;
}

function segmentsOf(url: URL): string[] {
  const segments = url.pathname.split('/').map(decode);
  while (segments.at(-1) === '') segments.pop();
  return segments.slice(1);
}

function localPath(path: string): string {
  if (path.includes('\0')) throw invalid('it holds a null character');
  if (path.split('/').includes('..')) {
    throw new KustoError('Storage_LocalPathRefused', 'A local path may not hold "..": write the folder itself.');
  }
  return path;
}

function urlOf(address: string): URL {
  try {
    return new URL(address);
  } catch {
    throw invalid('it is no URL');
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid('its path has a "%" that begins no escape: write %25');
  }
}
