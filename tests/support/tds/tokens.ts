/** Tokens of an answer: MS-TDS 2.2.7. */

const u8 = (n: number): Buffer => Buffer.from([n]);
const u16 = (n: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(n);
  return bytes;
};
const u32 = (n: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(n);
  return bytes;
};
const ucs2 = (text: string): Buffer => Buffer.from(text, 'ucs2');
/** Length in characters, in one byte or two. */
const short = (text: string): Buffer => Buffer.concat([u8(text.length), ucs2(text)]);
const long = (text: string): Buffer => Buffer.concat([u16(text.length), ucs2(text)]);
const sized = (token: number, body: Buffer): Buffer => Buffer.concat([u8(token), u16(body.length), body]);

export interface ServerError {
  readonly number: number;
  readonly message: string;
}

export function errorToken({ number, message }: ServerError): Buffer {
  const body = [u32(number), u8(1), u8(16), long(message), short('front'), short(''), u32(1)];
  return sized(0xaa, Buffer.concat(body));
}

export function done(status: { readonly error?: boolean; readonly count?: number } = {}): Buffer {
  const bits = (status.error ? 0x02 : 0) | (status.count === undefined ? 0 : 0x10);
  const count = Buffer.alloc(8);
  count.writeBigUInt64LE(BigInt(status.count ?? 0));
  return Buffer.concat([u8(0xfd), u16(bits), u16(0), count]);
}

export function loginAck(): Buffer {
  // TDS 7.4, in the order of the wire.
  const version = Buffer.from([0x74, 0x00, 0x00, 0x04]);
  return sized(0xad, Buffer.concat([u8(1), version, short('TDS front for tests'), Buffer.from([16, 0, 0, 0])]));
}

export const databaseChange = (database: string): Buffer =>
  sized(0xe3, Buffer.concat([u8(1), short(database), short('')]));

/** Kinds: 8 begun, 9 committed, 10 rolled back. */
export function transactionChange(kind: 8 | 9 | 10, descriptor: Buffer): Buffer {
  const held = Buffer.concat([u8(descriptor.length), descriptor]);
  return sized(0xe3, Buffer.concat([u8(kind), ...(kind === 8 ? [held, u8(0)] : [u8(0), held])]));
}

/** Where the client is to have its token from, and for which resource. */
export function fedAuthInfo(stsUrl: string, spn: string): Buffer {
  const [url, name] = [ucs2(stsUrl), ucs2(spn)];
  const first = 4 + 2 * 9;
  const body = Buffer.concat([
    u32(2),
    ...[u8(1), u32(url.length), u32(first)],
    ...[u8(2), u32(name.length), u32(first + url.length)],
    url,
    name,
  ]);
  return Buffer.concat([u8(0xee), u32(body.length), body]);
}

export const fedAuthAck = (): Buffer => Buffer.concat([u8(0xae), u8(0x02), u32(0), u8(0xff)]);

/** A row set of texts: NVARCHAR(MAX), each value as one chunk. */
export function rowSet(columns: number, rows: readonly (readonly (string | null)[])[]): Buffer {
  const collation = Buffer.from([0x09, 0x04, 0xd0, 0x00, 0x34]);
  const column = Buffer.concat([u32(0), u16(0x0001), u8(0xe7), u16(0xffff), collation, short('')]);
  const head = Buffer.concat([u8(0x81), u16(columns), ...Array.from({ length: columns }, () => column)]);
  return Buffer.concat([head, ...rows.map((row) => Buffer.concat([u8(0xd1), ...row.map(chunked)]))]);
}

function chunked(value: string | null): Buffer {
  if (value === null) return Buffer.alloc(8, 0xff);
  const bytes = ucs2(value);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(bytes.length));
  return Buffer.concat([length, ...(bytes.length === 0 ? [] : [u32(bytes.length), bytes]), u32(0)]);
}
