import { Duplex } from 'node:stream';

/** MS-TDS 2.2.3.1.1. */
export const PACKET = {
  batch: 0x01,
  attention: 0x06,
  bulk: 0x07,
  fedAuth: 0x08,
  response: 0x04,
  transaction: 0x0e,
  login: 0x10,
  prelogin: 0x12,
};

export interface Message {
  readonly type: number;
  readonly data: Buffer;
}

const HEADER = 8;
const MOST = 4096 - HEADER;

/** A whole message as packets. */
export function packets(type: number, data: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let from = 0, id = 1; from === 0 || from < data.length; from += MOST, id++) {
    const part = data.subarray(from, from + MOST);
    const header = Buffer.alloc(HEADER);
    header[0] = type;
    header[1] = from + MOST >= data.length ? 1 : 0;
    header.writeUInt16BE(part.length + HEADER, 2);
    header[6] = id & 0xff;
    parts.push(header, part);
  }
  return Buffer.concat(parts);
}

/** Messages out of a stream of packets. */
export async function* messages(stream: AsyncIterable<Buffer>): AsyncIterable<Message> {
  let rest = Buffer.alloc(0);
  let parts: Buffer[] = [];
  for await (const chunk of stream) {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= HEADER && rest.length >= rest.readUInt16BE(2)) {
      const length = rest.readUInt16BE(2);
      parts.push(rest.subarray(HEADER, length));
      const [type = 0, status = 0] = rest;
      rest = rest.subarray(length);
      if ((status & 1) === 0) continue;
      // The client takes the message back (a cancelled bulk load).
      if ((status & 2) === 0) yield { type, data: Buffer.concat(parts) };
      parts = [];
    }
  }
}

/**
 * The transport of the TLS handshake: its records travel inside PRELOGIN packets, one message an answer, until the client
 * sends a bare record; from then on everything is bare.
 */
export class HandshakeTransport extends Duplex {
  private rest = Buffer.alloc(0);
  private isBare = false;
  private waiting: Buffer[] = [];

  constructor(private readonly socket: Duplex) {
    super();
    socket.on('data', (chunk: Buffer) => this.receive(chunk));
    socket.on('end', () => this.push(null));
    socket.resume();
    socket.on('close', () => this.destroy());
    socket.on('error', (error) => this.destroy(error));
  }

  override _read(): void {
    // Data is pushed as it comes.
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    if (this.isBare) {
      this.socket.write(chunk);
    } else {
      // Records of one answer are one message.
      if (this.waiting.push(chunk) === 1) {
        setImmediate(() => {
          this.socket.write(packets(PACKET.prelogin, Buffer.concat(this.waiting)));
          this.waiting = [];
        });
      }
    }
    done();
  }

  override _final(done: () => void): void {
    this.socket.end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.socket.destroy();
    done(error);
  }

  private receive(chunk: Buffer): void {
    if (this.isBare) {
      this.push(chunk);
      return;
    }
    this.rest = Buffer.concat([this.rest, chunk]);
    while (
      this.rest.length >= HEADER &&
      this.rest[0] === PACKET.prelogin &&
      this.rest.length >= this.rest.readUInt16BE(2)
    ) {
      const length = this.rest.readUInt16BE(2);
      this.push(this.rest.subarray(HEADER, length));
      this.rest = this.rest.subarray(length);
    }
    if (this.rest.length === 0 || this.rest[0] === PACKET.prelogin) return;
    this.isBare = true;
    this.push(this.rest);
  }
}
