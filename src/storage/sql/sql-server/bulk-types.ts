import { TYPES } from 'tedious';
import { TICKS_PER_DAY, TICKS_PER_SECOND } from '../../../values/index.js';

/** The driver's own declaration is not exported. */
type DataType = (typeof TYPES)['Int'];
interface Cell {
  readonly value: unknown;
  readonly precision?: number;
  readonly scale?: number;
}

/**
 * The driver's types for decimals and times go through JavaScript numbers and dates, which lose digits. These write what
 * MS-TDS 2.2.5.5.1 says, from texts of digits and from ticks. Bytes are little-endian throughout.
 */
function exact(base: DataType, bytes: (cell: Required<Cell>) => Buffer): DataType {
  return {
    ...base,
    validate: (value: unknown) => value,
    *generateParameterData(cell: Cell) {
      if (cell.value !== null && cell.value !== undefined) yield bytes(cell as Required<Cell>);
    },
  } as DataType;
}

/** A text of digits that the column holds exactly. */
export const EXACT_DECIMAL = exact(TYPES.Decimal, ({ value, precision, scale }) => {
  const [, sign, whole = '', fraction = ''] = /^(-?)(\d*)(?:\.(\d*))?$/.exec(value as string) ?? [];
  const size = precision <= 9 ? 4 : precision <= 19 ? 8 : precision <= 28 ? 12 : 16;
  const digits = fraction.slice(0, scale).padEnd(scale, '0');
  return Buffer.concat([Buffer.from([sign === '-' ? 0 : 1]), littleEndian(BigInt(`${whole}${digits}` || '0'), size)]);
});

/** Ticks. */
export const EXACT_DATETIME2 = exact(TYPES.DateTime2, ({ value, scale }) => {
  const ticks = value as bigint;
  return Buffer.concat([clock(ticks % TICKS_PER_DAY, scale), littleEndian(ticks / TICKS_PER_DAY, 3)]);
});

/** Ticks, in UTC. */
export const EXACT_DATETIMEOFFSET = exact(TYPES.DateTimeOffset, ({ value, scale }) => {
  const ticks = value as bigint;
  return Buffer.concat([
    clock(ticks % TICKS_PER_DAY, scale),
    littleEndian(ticks / TICKS_PER_DAY, 3),
    // Minutes of the offset.
    Buffer.alloc(2),
  ]);
});

/** Ticks since midnight. */
export const EXACT_TIME = exact(TYPES.Time, ({ value, scale }) => clock(value as bigint, scale));

/** Units of 10^-scale seconds since midnight, cut off. */
function clock(ticks: bigint, scale: number): Buffer {
  const size = scale <= 2 ? 3 : scale <= 4 ? 4 : 5;
  return littleEndian((ticks * 10n ** BigInt(scale)) / TICKS_PER_SECOND, size);
}

function littleEndian(value: bigint, size: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let at = 0, rest = value; at < size; at++, rest >>= 8n) bytes[at] = Number(rest & 0xffn);
  return bytes;
}
