import { KustoError } from '../errors/index.js';
import { parseAddress, type StorageAddress } from './address.js';
import type { ConnectionCredential, ConnectionString } from './connection.js';
import { invalid } from './invalid.js';
import { identityOf } from './managed-identity.js';
import { Secret } from './secret.js';
import { isSqlConnectionString, parseSqlConnection } from './sql-connection-string.js';

interface Credential {
  readonly credential: ConnectionCredential;
  readonly identity?: string;
  readonly secret?: Secret;
}

const FORMS =
  ';impersonate, ;managed_identity=system|<object id>, ?<SAS>, ;token=<token>, ;<account key>, ;sharedkey=<account key>, ;AwsCredentials=<id>,<secret>';

/**
 * Reads a connection string of any documented form. Nothing is contacted. Throws KustoError, whose message never
 * holds a part of the text that could be a secret.
 */
export function parseConnectionString(text: string): ConnectionString {
  const trimmed = text.trim();
  if (trimmed === '') throw invalid('it is empty');
  if (isSqlConnectionString(trimmed)) return parseSqlConnection(trimmed);
  const [, address = '', query, options] = /^([^?;]*)(?:\?([^;]*))?(?:;([\s\S]*))?$/.exec(trimmed) ?? [];
  if (/[\s\0]/.test(address) && !address.startsWith('/')) throw invalid('its address holds white space: write %20');
  const parsed = parseAddress(address);
  const given = [query ? sas(query) : undefined, ...(options ?? '').split(';').map((o) => option(o.trim()))];
  const credentials = given.filter((c) => c !== undefined);
  if (credentials.length > 1) throw invalid('it holds more than one credential');
  const credential = credentials[0] ?? { credential: 'none' };
  checkCombination(parsed, credential.credential, address);
  return { address, kind: parsed.kind, ...credential };
}

/** As Kusto shows a connection: who is meant stays, secrets are stars. */
export function displayConnection(connection: {
  readonly address: string;
  readonly credential: ConnectionCredential;
  readonly identity?: string | undefined;
}): string {
  switch (connection.credential) {
    case 'none':
      return connection.address;
    case 'impersonate':
      return `${connection.address};impersonate`;
    case 'managed_identity':
      return !connection.address.startsWith('Server=')
        ? `${connection.address};managed_identity=${connection.identity}`
        : `${connection.address};Authentication="Active Directory Managed Identity"${connection.identity === 'system' ? '' : `;User Id=${connection.identity}`}`;
    case 'sql_integrated':
      return `${connection.address};Authentication="Active Directory Integrated"`;
    case 'sas':
      return `${connection.address}?*******`;
    case 'token':
    case 'key':
    case 'aws':
    case 'sql_password':
      return `${connection.address};*******`;
  }
}

function sas(query: string): Credential {
  return { credential: 'sas', secret: new Secret(query) };
}

function option(text: string): Credential | undefined {
  if (text === '') return undefined;
  const [, name = '', value = ''] = /^([^=]*)=?([\s\S]*)$/.exec(text) ?? [];
  switch (name.toLowerCase()) {
    case 'impersonate':
      return { credential: 'impersonate' };
    case 'managed_identity':
      return { credential: 'managed_identity', identity: identityOf(unquote(value)) };
    case 'token':
      return { credential: 'token', secret: required(value, 'token') };
    case 'sharedkey':
      return { credential: 'key', secret: accountKey(value) };
    case 'awscredentials':
      if (!/^[^,]+,.+$/.test(value)) throw invalid('AwsCredentials is <access key id>,<secret access key>');
      return { credential: 'aws', secret: new Secret(value) };
    default:
      return { credential: 'key', secret: accountKey(text) };
  }
}

function accountKey(text: string): Secret {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) throw invalid(`its credential is none of the known forms (${FORMS})`);
  return new Secret(text);
}

function required(value: string, name: string): Secret {
  if (value === '') throw invalid(`${name}= has no value`);
  return new Secret(value);
}

function unquote(text: string): string {
  return /^(["'])(.*)\1$/.exec(text)?.[2] ?? text;
}

function checkCombination(parsed: StorageAddress, credential: ConnectionCredential, address: string): void {
  const takes = (...allowed: ConnectionCredential[]) => {
    if (credential !== 'none' && !allowed.includes(credential)) {
      throw invalid(`an address of this kind does not take the credential "${credential}"`);
    }
  };
  switch (parsed.kind) {
    case 'blob':
      if (parsed.isOneLake) takes('impersonate', 'managed_identity', 'token');
      else takes('impersonate', 'managed_identity', 'token', 'sas', 'key');
      if (/^http:/i.test(address) && ['impersonate', 'managed_identity', 'token'].includes(credential)) {
        throw new KustoError('Storage_InsecureConnection', 'A token is sent over https only: use an https:// address.');
      }
      return;
    case 's3':
      // A presigned URL has the form of a SAS.
      return takes('aws', 'sas');
    case 'web':
      return takes('sas');
    case 'local':
      return takes();
  }
}

export type { ConnectionCredential, ConnectionString } from './connection.js';
