import { datetimeString } from '../../../src/values/index.js';

/** Rows of a BULK LOAD message, each value as the text that the server would say it as. */
export function parseBulk(data: Buffer): (string | null)[][] {
  const reader = new Reader(data);
  if (reader.u8() !== 0x81) throw new Error('a bulk load begins with COLMETADATA');
  const columns = Array.from({ length: reader.u16() }, () => {
    reader.take(4 + 2);
    const read = typeOf(reader);
    reader.take(2 * reader.u8());
    return read;
  });
  const rows: (string | null)[][] = [];
  for (;;) {
    const token = reader.u8();
    if (token === 0xfd) return rows;
    if (token !== 0xd1) throw new Error(`token 0x${token.toString(16)} in a bulk load`);
    rows.push(columns.map((read) => read()));
  }
}

class Reader {
  at = 0;
  constructor(private readonly data: Buffer) {}
  take(length: number): Buffer {
    if (this.at + length > this.data.length) throw new Error('the bulk load ends too early');
    return this.data.subarray(this.at, (this.at += length));
  }
  u8(): number {
    return this.take(1)[0]!;
  }
  u16(): number {
    return this.take(2).readUInt16LE();
  }
  u32(): number {
    return this.take(4).readUInt32LE();
  }
}

const whole = (bytes: Buffer): bigint => [...bytes].reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);

/** Reads the TYPE_INFO (MS-TDS 2.2.5.6), and answers how to read a value. */
function typeOf(reader: Reader): () => string | null {
  const type = reader.u8();
  /** Values whose length stands in one byte, nothing for null. */
  const sized = (text: (bytes: Buffer) => string) => (): string | null => {
    const length = reader.u8();
    return length === 0 ? null : text(reader.take(length));
  };
  switch (type) {
    case 0x68: // BITN
      reader.take(1);
      return sized((bytes) => String(bytes[0]));
    case 0x26: // INTN
      reader.take(1);
      return sized((bytes) =>
        bytes.length === 1 ? String(bytes[0]) : String(BigInt.asIntN(8 * bytes.length, whole(bytes))),
      );
    case 0x6d: // FLTN
      reader.take(1);
      return sized((bytes) => floatText(bytes.length === 4 ? bytes.readFloatLE() : bytes.readDoubleLE()));
    case 0x6a: // DECIMALN
    case 0x6c: {
      reader.take(2);
      const scale = reader.u8();
      return sized((bytes) => {
        const digits = whole(bytes.subarray(1))
          .toString()
          .padStart(scale + 1, '0');
        const point = digits.length - scale;
        return `${bytes[0] === 0 ? '-' : ''}${digits.slice(0, point)}${scale === 0 ? '' : `.${digits.slice(point)}`}`;
      });
    }
    case 0x2a: {
      // DATETIME2N
      const scale = reader.u8();
      return sized((bytes) => datetimeOf(bytes.subarray(0, -3), bytes.subarray(-3), scale));
    }
    case 0x24: // GUID
      reader.take(1);
      return sized((bytes) => {
        const [a, b, c] = [bytes.subarray(0, 4), bytes.subarray(4, 6), bytes.subarray(6, 8)].map((part) =>
          Buffer.from(part).reverse().toString('hex'),
        );
        return [a, b, c, bytes.toString('hex', 8, 10), bytes.toString('hex', 10)].join('-').toUpperCase();
      });
    case 0xe7: {
      // NVARCHAR
      const most = reader.u16();
      reader.take(5);
      if (most !== 0xffff) {
        return () => {
          const length = reader.u16();
          return length === 0xffff ? null : reader.take(length).toString('ucs2');
        };
      }
      return () => {
        const total = reader.take(8).readBigUInt64LE();
        if (total === 0xffff_ffff_ffff_ffffn) return null;
        const parts: Buffer[] = [];
        for (let length = reader.u32(); length > 0; length = reader.u32()) parts.push(reader.take(length));
        return Buffer.concat(parts).toString('ucs2');
      };
    }
    default:
      throw new Error(`type 0x${type.toString(16)} is not decoded by this front`);
  }
}

/** Style 3 of CONVERT: seventeen digits. */
function floatText(value: number): string {
  const [, digits, sign, exponent = ''] = /^(.*)e([+-])(\d+)$/.exec(value.toExponential(16))!;
  return `${digits}e${sign}${exponent.padStart(3, '0')}`;
}

function datetimeOf(time: Buffer, days: Buffer, scale: number): string {
  const ticks = whole(days) * 864_000_000_000n + (whole(time) * 10_000_000n) / 10n ** BigInt(scale);
  return datetimeString(ticks).slice(0, -1);
}
