/** What a LOGIN7 message says: MS-TDS 2.2.6.4. */
export interface Login {
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly application: string;
  /** A token of Entra is to follow. */
  readonly fedAuth: boolean;
}

export function parseLogin(data: Buffer): Login {
  const field = (at: number): Buffer => {
    const offset = data.readUInt16LE(at);
    return data.subarray(offset, offset + 2 * data.readUInt16LE(at + 2));
  };
  const text = (at: number): string => field(at).toString('ucs2');
  const clear = Buffer.from(field(44)).map((byte) => {
    const turned = byte ^ 0xa5;
    return ((turned << 4) & 0xf0) | (turned >> 4);
  });
  return {
    user: text(40),
    password: Buffer.from(clear).toString('ucs2'),
    application: text(48),
    database: text(68),
    fedAuth: (data[27]! & 0x10) !== 0 && hasFedAuth(data),
  };
}

/** Option flags 3 announce features; each is an id, a length of four bytes, and its data. */
function hasFedAuth(data: Buffer): boolean {
  let at = data.readUInt32LE(data.readUInt16LE(56));
  while (data[at] !== 0xff) {
    // Library 2: ADAL, where the server says what the token is to be for.
    if (data[at] === 0x02) return data[at + 5]! >> 1 === 2;
    at += 5 + data.readUInt32LE(at + 1);
  }
  return false;
}

/** The token of a federated authentication message: MS-TDS 2.2.6.3. */
export function parseFedAuthToken(data: Buffer): string {
  return data.toString('ucs2', 8, 8 + data.readUInt32LE(4));
}
