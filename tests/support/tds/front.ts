import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import { jwtVerify, type JWTVerifyGetKey } from 'jose';
import { makeCertificates } from '../../../src/security/certificates.js';
import type { TestDatabase } from '../sql/test-database.js';
import { parseBulk } from './bulk.js';
import { parseFedAuthToken, parseLogin, type Login } from './login.js';
import { HandshakeTransport, messages, PACKET, packets, type Message } from './packets.js';
import { insertBulk, runStatement, type Session } from './statements.js';
import { SqlFault, Store, Transaction } from './store.js';
import * as tokens from './tokens.js';

export const SQL_AUDIENCE = 'https://database.windows.net/';

export interface TdsOptions {
  /** False: says that it does not encrypt. */
  readonly encrypts?: boolean;
  /** Of the issuer whose tokens are taken, and the object ids that may come in: they own the database. */
  readonly entra?: { readonly keys: JWTVerifyGetKey; readonly issuer: string; readonly objectIds: readonly string[] };
}

export interface TdsFront extends TestDatabase {
  /** Object ids that came in by a token. */
  readonly bearers: readonly string[];
  /** Types of the messages that came in clear, beside PRELOGIN. */
  readonly clear: readonly number[];
}

/** See README.md of this folder for what it is and what it is not. */
export async function startTdsFront(options: TdsOptions = {}): Promise<TdsFront> {
  const { ca, cert, key } = await makeCertificates();
  const context = createSecureContext({ cert, key });
  const store = new Store();
  const [user, password] = ['owner', 'it\'s; a "word"'];
  store.users.set(user, password);
  for (const owner of [user, ...(options.entra?.objectIds ?? [])]) store.owners.add(owner);
  const bearers: string[] = [];
  const clear: number[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    new Connection(socket, context, store, options, bearers, clear).serve().catch(() => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    dialect: 'SqlServer',
    host: 'localhost',
    port: (server.address() as AddressInfo).port,
    database: 'test',
    user,
    password,
    certificateAuthority: ca,
    bearers,
    clear,
    query: async (statement) => (await runStatement(store, { user, transaction: undefined }, statement)).rows,
    breakConnections: () => {
      for (const socket of sockets) socket.destroy();
      return Promise.resolve();
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

class Connection {
  private session: Session | undefined;
  /** The login that waits for its token. */
  private login: Login | undefined;
  /** The INSERT BULK that the next message brings the rows of. */
  private bulk: string | undefined;
  private descriptor = 0n;

  constructor(
    private readonly socket: Socket,
    private readonly context: ReturnType<typeof createSecureContext>,
    private readonly store: Store,
    private readonly options: TdsOptions,
    private readonly bearers: string[],
    private readonly clear: number[],
  ) {}

  async serve(): Promise<void> {
    await this.prelogin();
    if (this.options.encrypts === false) {
      for await (const { type } of messages(this.socket as AsyncIterable<Buffer>)) this.clear.push(type);
      return;
    }
    const secure = new TLSSocket(new HandshakeTransport(this.socket) as never, {
      isServer: true,
      secureContext: this.context,
    });
    const leave = (): void => {
      this.session?.transaction?.end(false);
      if (this.session) this.session.transaction = undefined;
    };
    // At once, and not when the stream is read to its end: a statement may be waiting.
    this.socket.on('close', leave);
    secure.on('error', () => this.socket.destroy());
    try {
      for await (const message of messages(secure as AsyncIterable<Buffer>)) {
        const answer = await this.answer(message);
        if (answer !== undefined) secure.write(packets(PACKET.response, answer));
      }
    } finally {
      leave();
    }
  }

  /** Encryption is demanded; the answer repeats that tokens are taken. */
  private async prelogin(): Promise<void> {
    const first = await new Promise<Buffer>((resolve, reject) => {
      this.socket.once('data', resolve);
      this.socket.once('close', () => reject(new Error('closed')));
    });
    this.socket.pause();
    if (first[0] !== PACKET.prelogin) throw new Error('not a PRELOGIN');
    const parts: readonly (readonly [number, readonly number[]])[] = [
      [0x00, [16, 0, 0, 0, 0, 0]],
      // ENCRYPT_ON or ENCRYPT_NOT_SUP.
      [0x01, [this.options.encrypts === false ? 0x02 : 0x01]],
      [0x02, [0x00]],
      [0x04, [0x00]],
      [0x06, [0x01]],
    ];
    const head: number[] = [];
    const body: number[] = [];
    for (const [token, data] of parts) {
      const offset = 5 * parts.length + 1 + body.length;
      head.push(token, offset >> 8, offset & 0xff, 0, data.length);
      body.push(...data);
    }
    this.socket.write(packets(PACKET.response, Buffer.from([...head, 0xff, ...body])));
  }

  private async answer(message: Message): Promise<Buffer | undefined> {
    try {
      return await this.run(message);
    } catch (error) {
      if (!(error instanceof SqlFault)) throw error;
      return Buffer.concat([tokens.errorToken(error.token), tokens.done({ error: true })]);
    }
  }

  private async run({ type, data }: Message): Promise<Buffer | undefined> {
    if (type === PACKET.login) return this.logIn(parseLogin(data));
    if (type === PACKET.fedAuth) return this.logInByToken(parseFedAuthToken(data));
    const { session } = this;
    if (session === undefined) throw new Error('no login');
    switch (type) {
      case PACKET.batch: {
        const text = data.toString('ucs2', data.readUInt32LE(0));
        if (/^insert bulk /i.test(text)) {
          this.bulk = text;
          return tokens.done();
        }
        const { columns, rows } = await runStatement(this.store, session, text);
        return Buffer.concat([
          ...(columns > 0 ? [tokens.rowSet(columns, rows)] : []),
          tokens.done({ count: rows.length }),
        ]);
      }
      case PACKET.bulk:
        return tokens.done({ count: await insertBulk(this.store, session, this.bulk ?? '', parseBulk(data)) });
      case PACKET.transaction:
        return this.transact(session, data.readUInt16LE(data.readUInt32LE(0)));
      case PACKET.attention:
        return Buffer.from([0xfd, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
      default:
        throw new SqlFault(4002, `Packets of type ${type} are not taken by this front.`);
    }
  }

  private logIn(login: Login): Buffer {
    if (login.fedAuth) {
      this.login = login;
      return Buffer.concat([tokens.fedAuthInfo('https://login.microsoftonline.com/test', SQL_AUDIENCE), tokens.done()]);
    }
    if (this.store.users.get(login.user) !== login.password) {
      throw new SqlFault(18456, `Login failed for user '${login.user}'.`);
    }
    return this.welcome(login, login.user);
  }

  private async logInByToken(token: string): Promise<Buffer> {
    const { entra } = this.options;
    if (this.login === undefined || entra === undefined) throw new SqlFault(18456, "Login failed for user ''.");
    let oid: string;
    try {
      const { payload } = await jwtVerify(token, entra.keys, {
        issuer: entra.issuer,
        audience: SQL_AUDIENCE,
        requiredClaims: ['exp', 'oid'],
      });
      oid = String(payload['oid']);
    } catch (error) {
      const isExpired = error instanceof Error && 'code' in error && error.code === 'ERR_JWT_EXPIRED';
      throw new SqlFault(
        18456,
        `Login failed for user '<token-identified principal>'.${isExpired ? ' Token is expired.' : ''}`,
      );
    }
    if (!entra.objectIds.includes(oid))
      throw new SqlFault(18456, "Login failed for user '<token-identified principal>'.");
    this.bearers.push(oid);
    return this.welcome(this.login, oid, true);
  }

  private welcome({ database }: Login, user: string, isByToken = false): Buffer {
    if (database !== 'test')
      throw new SqlFault(4060, `Cannot open database "${database}" requested by the login. The login failed.`);
    this.session = { user, transaction: undefined };
    return Buffer.concat([
      tokens.databaseChange(database),
      tokens.loginAck(),
      ...(isByToken ? [tokens.fedAuthAck()] : []),
      tokens.done(),
    ]);
  }

  /** MS-TDS 2.2.6.9: 5 begins, 7 commits, 8 rolls back. */
  private transact(session: Session, request: number): Buffer {
    const descriptor = Buffer.alloc(8);
    if (request === 5) {
      session.transaction = new Transaction();
      descriptor.writeBigUInt64LE(++this.descriptor);
      return Buffer.concat([tokens.transactionChange(8, descriptor), tokens.done()]);
    }
    if (session.transaction === undefined)
      throw new SqlFault(3902, 'The request has no corresponding BEGIN TRANSACTION.');
    descriptor.writeBigUInt64LE(this.descriptor);
    session.transaction.end(request === 7);
    session.transaction = undefined;
    return Buffer.concat([tokens.transactionChange(request === 7 ? 9 : 10, descriptor), tokens.done()]);
  }
}
