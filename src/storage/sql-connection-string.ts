import type { ConnectionString } from './connection.js';
import { invalid } from './invalid.js';
import { identityOf } from './managed-identity.js';
import { Secret } from './secret.js';

const SERVER_KEYS = ['server', 'data source', 'addr', 'address', 'network address', 'host', 'accountendpoint'];
const DATABASE_KEYS = ['initial catalog', 'database'];
const USER_KEYS = ['user id', 'uid', 'user', 'username'];
const PASSWORD_KEYS = ['password', 'pwd', 'accountkey'];

/** `Key=value` pairs with a server among them, as ADO.NET writes them. */
export function isSqlConnectionString(text: string): boolean {
  const first = /^\s*([A-Za-z ]+?)\s*=/.exec(text)?.[1]?.toLowerCase();
  if (first === undefined) return false;
  return [...SERVER_KEYS, ...DATABASE_KEYS, ...USER_KEYS, ...PASSWORD_KEYS, 'authentication'].includes(first);
}

/** Recognizes who connects to what. The SQL targets read the remaining keywords themselves. */
export function parseSqlConnection(text: string): ConnectionString {
  const pairs = pairsOf(text);
  const find = (keys: readonly string[]) => keys.map((key) => pairs.get(key)).find((value) => value !== undefined);
  const server = find(SERVER_KEYS);
  if (!server) throw invalid('it names no server');
  const database = find(DATABASE_KEYS);
  const address = `Server=${server}${database ? `;Initial Catalog=${database}` : ''}`;
  const user = find(USER_KEYS);
  const authentication = pairs.get('authentication')?.toLowerCase().replace(/\s+/g, ' ');
  switch (authentication) {
    case 'active directory integrated':
      return { address, kind: 'sql', credential: 'sql_integrated' };
    case 'active directory managed identity':
    case 'active directory msi':
      return { address, kind: 'sql', credential: 'managed_identity', identity: user ? identityOf(user) : 'system' };
    case undefined:
    case 'sqlpassword':
    case 'sql password': {
      const password = find(PASSWORD_KEYS);
      if (password === undefined) throw invalid('it holds neither Authentication= nor Password=');
      return { address, kind: 'sql', credential: 'sql_password', secret: new Secret(password) };
    }
    default:
      throw invalid(
        'Authentication is "Active Directory Integrated" or "Active Directory Managed Identity"; or give User Id and Password',
      );
  }
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
