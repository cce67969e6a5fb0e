import type { ConnectionString, SqlLocation } from './connection.js';
import { invalid } from './invalid.js';
import { identityOf } from './managed-identity.js';
import { Secret } from './secret.js';

const SERVER_KEYS = ['server', 'data source', 'addr', 'address', 'network address', 'host', 'accountendpoint'];
const DATABASE_KEYS = ['initial catalog', 'database'];
const USER_KEYS = ['user id', 'uid', 'user', 'username'];
const PASSWORD_KEYS = ['password', 'pwd', 'accountkey'];
const TIMEOUT_KEYS = ['connection timeout', 'connect timeout', 'timeout'];
/** Seconds. */
const DEFAULT_TIMEOUT = 15;
const MOST_TIMEOUT = 120;

/** `Key=value` pairs with a server among them, as ADO.NET writes them. */
export function isSqlConnectionString(text: string): boolean {
  const first = /^\s*([A-Za-z ]+?)\s*=/.exec(text)?.[1]?.toLowerCase();
  if (first === undefined) return false;
  return [...SERVER_KEYS, ...DATABASE_KEYS, ...USER_KEYS, ...PASSWORD_KEYS, 'authentication'].includes(first);
}

/**
 * Who connects to what. `Encrypt`, `TrustServerCertificate`, `Persist Security Info` and their like are not read: every
 * connection is encrypted, every certificate is checked, no password is given out.
 */
export function parseSqlConnection(text: string): ConnectionString {
  const pairs = pairsOf(text);
  const find = (keys: readonly string[]) => keys.map((key) => pairs.get(key)).find((value) => value !== undefined);
  const server = find(SERVER_KEYS);
  if (!server) throw invalid('it names no server');
  const database = find(DATABASE_KEYS);
  const port = pairs.get('port');
  const address = `Server=${server}${port === undefined ? '' : `;Port=${port}`}${database ? `;Initial Catalog=${database}` : ''}`;
  const location = locationOf(server, port, database, find(TIMEOUT_KEYS));
  const user = find(USER_KEYS);
  const password = find(PASSWORD_KEYS);
  const token = pairs.get('token');
  const authentication = pairs.get('authentication')?.toLowerCase().replace(/\s+/g, ' ');
  if (/^(?:true|yes|sspi)$/i.test(pairs.get('integrated security') ?? pairs.get('trusted_connection') ?? '')) {
    throw invalid('Integrated Security is for Windows accounts: write Authentication="Active Directory Integrated"');
  }
  if (token !== undefined) {
    if (authentication !== undefined || password !== undefined) throw invalid('it holds more than one credential');
    return { address, kind: 'sql', credential: 'token', secret: new Secret(token), sql: { ...location, user } };
  }
  const bearer = pairs.get('username') ?? pairs.get('user');
  switch (authentication) {
    case 'active directory integrated':
      return { address, kind: 'sql', credential: 'sql_integrated', sql: { ...location, user } };
    case 'active directory managed identity':
    case 'active directory msi': {
      const identity = pairs.get('user id') ?? pairs.get('uid');
      return {
        address,
        kind: 'sql',
        credential: 'managed_identity',
        identity: identity ? identityOf(identity) : 'system',
        sql: { ...location, user: bearer },
      };
    }
    case undefined:
    case 'sqlpassword':
    case 'sql password': {
      if (password === undefined) throw invalid('it holds neither Authentication= nor Password=');
      return {
        address,
        kind: 'sql',
        credential: 'sql_password',
        secret: new Secret(password),
        sql: { ...location, user },
      };
    }
    default:
      throw invalid(
        'Authentication is "Active Directory Integrated" or "Active Directory Managed Identity"; or give User Id and Password',
      );
  }
}

/** `tcp:host,port`, for the callout policy: the address of a connection, which holds no credential. */
export function sqlServerOf(address: string): string {
  const pairs = pairsOf(address);
  const { host, port } = locationOf(pairs.get('server') ?? '', pairs.get('port'), undefined, undefined);
  return port === undefined ? host : `${host},${port}`;
}

function locationOf(
  server: string,
  port: string | undefined,
  database: string | undefined,
  timeout: string | undefined,
): Omit<SqlLocation, 'user'> {
  const [, host, own] = /^(?:tcp:)?([^,:;\\/\s]+)(?:[,:](\d+))?$/i.exec(server.trim()) ?? [];
  // Cosmos DB is recognized, and refused where its dialect is.
  if (host === undefined && !/^https:/i.test(server)) {
    throw invalid(`its server is not host or host,port (named instances are written by their port)`);
  }
  const number = own ?? port;
  if (number !== undefined && !(/^\d+$/.test(number) && Number(number) > 0 && Number(number) < 65_536)) {
    throw invalid('its port is no number from 1 to 65535');
  }
  const seconds = Number(timeout ?? DEFAULT_TIMEOUT);
  return {
    host: (host ?? server).toLowerCase(),
    port: number === undefined ? undefined : Number(number),
    database,
    connectTimeout:
      1000 * (Number.isFinite(seconds) && seconds >= 1 ? Math.min(seconds, MOST_TIMEOUT) : DEFAULT_TIMEOUT),
  };
}

/** Keys in lower case. Values may stand in single or double quotes, doubled inside. */
function pairsOf(text: string): Map<string, string> {
  const pairs = new Map<string, string>();
  const pair = /\s*([^=;]+?)\s*=\s*(?:"((?:[^"]|"")*)"|'((?:[^']|'')*)'|([^;"'][^;]*|))\s*(?:;|$)/gy;
  let end = 0;
  for (const match of text.matchAll(pair)) {
    const [whole, key = '', double, single, plain = ''] = match;
    const value = double?.replaceAll('""', '"') ?? single?.replaceAll("''", "'") ?? plain.trim();
    pairs.set(key.toLowerCase().replace(/\s+/g, ' '), value);
    end = match.index + whole.length;
  }
  if (/[^\s;]/.test(text.slice(end))) throw invalid('it is no list of Key=value pairs');
  return pairs;
}
