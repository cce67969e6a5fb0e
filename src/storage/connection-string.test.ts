import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parseAddress } from './address.js';
import { displayConnection, parseConnectionString } from './connection-string.js';

const BLOB = 'https://fabrikam.blob.core.windows.net/container/path';
const OID = '12345678-1234-1234-1234-1234567890AB';

function codeOf(text: string): string {
  try {
    parseConnectionString(text);
    return 'accepted';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe('connection strings', () => {
  it.each([
    [BLOB, 'none', undefined, undefined],
    [`${BLOB};impersonate`, 'impersonate', undefined, undefined],
    [`${BLOB};managed_identity=system`, 'managed_identity', 'system', undefined],
    [`${BLOB};managed_identity=${OID}`, 'managed_identity', OID.toLowerCase(), undefined],
    [`${BLOB}?sv=2020&sp=rwd&sig=a%3D`, 'sas', undefined, 'sv=2020&sp=rwd&sig=a%3D'],
    [`${BLOB};token=ey.J0.x`, 'token', undefined, 'ey.J0.x'],
    [`${BLOB};ljkAkl+/9==`, 'key', undefined, 'ljkAkl+/9=='],
    [`${BLOB};secretKey`, 'key', undefined, 'secretKey'],
  ])('reads %s', (text, credential, identity, secret) => {
    const connection = parseConnectionString(text);
    expect(connection).toMatchObject({ kind: 'blob', address: BLOB, credential });
    expect(connection.identity).toBe(identity);
    expect(connection.secret?.reveal()).toBe(secret);
  });

  it('reads every address form to the endpoint that serves it', () => {
    const blob = (serviceUrl: string, account: string, container: string, path: string, isOneLake = false) => ({
      ...{ kind: 'blob', serviceUrl, account, container, path, isOneLake },
    });
    const fabrikam = blob('https://fabrikam.blob.core.windows.net', 'fabrikam', 'fs', 'a b/c');
    expect(parseAddress('https://fabrikam.dfs.core.windows.net/fs/a%20b/c/')).toEqual(fabrikam);
    expect(parseAddress('abfss://fs@fabrikam.dfs.core.windows.net/a%20b/c')).toEqual(fabrikam);
    expect(parseAddress('https://onelake.dfs.fabric.microsoft.com/ws/My.Lakehouse/Files')).toEqual(
      blob('https://onelake.blob.fabric.microsoft.com', 'onelake', 'ws', 'My.Lakehouse/Files', true),
    );
    expect(parseAddress('abfss://ws@onelake.dfs.fabric.microsoft.com/My.Lakehouse')).toMatchObject({
      container: 'ws',
      path: 'My.Lakehouse',
    });
    expect(parseAddress('http://localhost:10000/devstoreaccount1/c/p')).toEqual(
      blob('http://localhost:10000/devstoreaccount1', 'devstoreaccount1', 'c', 'p'),
    );
    expect(parseAddress('https://[::1]:10000/acct/c')).toMatchObject({ serviceUrl: 'https://[::1]:10000/acct' });
    expect(parseAddress('abfss://fs@127.0.0.1:1/acct/p')).toEqual(blob('https://127.0.0.1:1/acct', 'acct', 'fs', 'p'));
    const s3 = (region: string | undefined, bucket: string, path: string) => ({ kind: 's3', region, bucket, path });
    expect(parseAddress('https://b.s3.us-east-1.amazonaws.com/k')).toEqual(s3('us-east-1', 'b', 'k'));
    expect(parseAddress('https://a.b.s3.cn-north-1.amazonaws.com.cn/k/l/')).toEqual(s3('cn-north-1', 'a.b', 'k/l'));
    expect(parseAddress('https://s3.eu-west-1.amazonaws.com/b/k')).toEqual(s3('eu-west-1', 'b', 'k'));
    expect(parseAddress('https://s3-us-gov-west-1.amazonaws.com/b')).toEqual(s3('us-gov-west-1', 'b', ''));
    expect(parseAddress('https://b.s3.amazonaws.com/k')).toEqual(s3(undefined, 'b', 'k'));
    expect(parseAddress('https://example.com/data.csv')).toEqual({ kind: 'web' });
    expect(parseAddress('file:///data/x%20y')).toEqual({ kind: 'local', path: '/data/x y' });
    expect(parseAddress('/data/x')).toEqual({ kind: 'local', path: '/data/x' });
  });

  it.each([
    'https://blob.core.windows.net.evil.com/c',
    'https://acct.blob.core.windows.net.evil.com/c',
    'https://evil.com/acct.blob.core.windows.net/c',
    'https://acct-blob.core.windows.net/c',
  ])('takes %s for no Azure account, and sends it no identity', (address) => {
    expect(parseAddress(address)).toEqual({ kind: 'web' });
    expect(codeOf(`${address};impersonate`)).toBe('Storage_InvalidConnectionString');
    expect(codeOf(`${address};secretKey`)).toBe('Storage_InvalidConnectionString');
  });

  it.each([
    ['adl://acct.azuredatalakestore.net/x', 'Storage_NotSupported'],
    ['http://fabrikam.blob.core.windows.net/c;key', 'Storage_InsecureConnection'],
    ['http://10.0.0.1/acct/c', 'Storage_InsecureConnection'],
    ['http://127.0.0.1:10000/acct/c;impersonate', 'Storage_InsecureConnection'],
    ['http://127.0.0.1:10000/acct/c;token=abc', 'Storage_InsecureConnection'],
    ['http://127.0.0.1:10000/acct/c;key', 'accepted'],
    ['https://user:pass@fabrikam.blob.core.windows.net/c', 'Storage_InvalidConnectionString'],
    ['https://user@fabrikam.blob.core.windows.net/c', 'Storage_InvalidConnectionString'],
    ['https://fabrikam.blob.core.windows.net', 'Storage_InvalidConnectionString'],
    ['https://127.0.0.1/acct', 'Storage_InvalidConnectionString'],
    ['ftp://x/y', 'Storage_InvalidConnectionString'],
    ['abfss://fabrikam.dfs.core.windows.net/x', 'Storage_InvalidConnectionString'],
    ['abfss://fs@evil.com/x', 'Storage_InvalidConnectionString'],
    ['', 'Storage_InvalidConnectionString'],
    ['not a url', 'Storage_InvalidConnectionString'],
    [`${BLOB}/a b`, 'Storage_InvalidConnectionString'],
    [`${BLOB}/100%`, 'Storage_InvalidConnectionString'],
    [`${BLOB};impersonate;managed_identity=system`, 'Storage_InvalidConnectionString'],
    [`${BLOB}?sig=x;impersonate`, 'Storage_InvalidConnectionString'],
    [`${BLOB};managed_identity=someone`, 'Storage_InvalidConnectionString'],
    [`${BLOB};managed_identity=`, 'Storage_InvalidConnectionString'],
    [`${BLOB};token=`, 'Storage_InvalidConnectionString'],
    [`${BLOB};AwsCredentials=a,b`, 'Storage_InvalidConnectionString'],
    ['https://b.s3.us-east-1.amazonaws.com/k;AwsCredentials=a,b', 'accepted'],
    ['https://b.s3.us-east-1.amazonaws.com/k;impersonate', 'Storage_InvalidConnectionString'],
    ['https://onelake.blob.fabric.microsoft.com/w/i;secretKey', 'Storage_InvalidConnectionString'],
    ['https://onelake.blob.fabric.microsoft.com/w/i;impersonate', 'accepted'],
    ['abfss://fs@fabrikam.dfs.core.windows.net/x;sharedkey=abc=', 'accepted'],
    ['file:///data;impersonate', 'Storage_InvalidConnectionString'],
    ['/data/../etc', 'Storage_LocalPathRefused'],
    ['file:///data/%2e%2e/etc', 'accepted'],
    ['file://host/share', 'Storage_InvalidConnectionString'],
  ])('answers %j with %s', (text, code) => {
    expect(codeOf(text)).toBe(code);
  });

  it('lets the secret out by reveal only, and into no error', () => {
    for (const text of [`${BLOB};TopSecret==`, `${BLOB}?sig=TopSecret`, `${BLOB};token=TopSecret`]) {
      const connection = parseConnectionString(text);
      expect(JSON.stringify(connection) + inspect(connection) + String(connection.secret)).not.toContain('TopSecret');
      expect(displayConnection(connection)).toMatch(/path[;?]\*{7}$/);
    }
    for (const text of [`${BLOB};x=TopSecret`, `https://a b;TopSecret`, `Server=x;Password="TopSecret`, `TopSecret`]) {
      try {
        parseConnectionString(text);
        expect.unreachable();
      } catch (error) {
        expect(error).toMatchObject({ code: 'Storage_InvalidConnectionString' });
        expect(inspect(error)).not.toContain('TopSecret');
      }
    }
  });

  it('shows who is meant, and never how it proves it', () => {
    expect(displayConnection(parseConnectionString(`${BLOB};impersonate`))).toBe(`${BLOB};impersonate`);
    expect(displayConnection(parseConnectionString(`${BLOB};managed_identity=system`))).toBe(
      `${BLOB};managed_identity=system`,
    );
  });

  it('recognizes SQL connection strings and who connects', () => {
    const server = 'Server=tcp:my.database.windows.net,1433';
    const rest = 'Initial Catalog=db;';
    const read = (middle: string) => parseConnectionString(`${server};${middle};${rest}`);
    const address = `${server};Initial Catalog=db`;
    expect(read('Authentication=Active Directory Integrated')).toEqual({
      ...{ address, kind: 'sql', credential: 'sql_integrated' },
    });
    expect(read('Authentication="Active Directory Managed Identity"')).toMatchObject({ identity: 'system' });
    expect(read(`Authentication="Active Directory Managed Identity";User Id=${OID}`)).toMatchObject({
      ...{ credential: 'managed_identity', identity: OID.toLowerCase() },
    });
    const password = read('User Id=me;Password="p;w""d"');
    expect(password).toMatchObject({ credential: 'sql_password', address });
    expect(password.secret?.reveal()).toBe('p;w"d');
    expect(codeOf(`${server};${rest}`)).toBe('Storage_InvalidConnectionString');
    expect(codeOf('Server=x;Authentication=Active Directory Password')).toBe('Storage_InvalidConnectionString');
  });
});
