import { writeJson } from '../json.js';
import type { ScalarFunction } from '../scalar-function.js';
import { readPosition, writePosition, writeRing } from './geojson.js';
import { tokenSet } from './token-set.js';

/** Geohashes: a rectangle of longitudes and latitudes by base 32 digits, each of five bits, in turn of either. */

const DIGITS = '0123456789bcdefghjkmnpqrstuvwxyz';
const LONGEST = 18;

/** A rectangle by the numbers of its column and its row. */
interface Cell {
  readonly column: bigint;
  readonly row: bigint;
  readonly columnBits: number;
  readonly rowBits: number;
}

function bitsOf(digits: number): { readonly columnBits: number; readonly rowBits: number } {
  return { columnBits: Math.ceil((digits * 5) / 2), rowBits: Math.floor((digits * 5) / 2) };
}

function decode(text: string): Cell | undefined {
  if (text.length < 1 || text.length > LONGEST) return undefined;
  let column = 0n;
  let row = 0n;
  let isColumn = true;
  for (const character of text.toLowerCase()) {
    const digit = DIGITS.indexOf(character);
    if (digit < 0) return undefined;
    for (let bit = 4; bit >= 0; bit--) {
      const value = BigInt((digit >> bit) & 1);
      if (isColumn) column = column * 2n + value;
      else row = row * 2n + value;
      isColumn = !isColumn;
    }
  }
  return { column, row, ...bitsOf(text.length) };
}

function encode({ column, row, columnBits, rowBits }: Cell): string {
  let text = '';
  let digit = 0;
  let [columnsLeft, rowsLeft] = [columnBits, rowBits];
  for (let i = 0; i < columnBits + rowBits; i++) {
    const bit = i % 2 === 0 ? (column >> BigInt(--columnsLeft)) & 1n : (row >> BigInt(--rowsLeft)) & 1n;
    digit = digit * 2 + Number(bit);
    if (i % 5 === 4) {
      text += DIGITS[digit];
      digit = 0;
    }
  }
  return text;
}

/** The number of the interval of [-span, span] that holds a value. */
function interval(value: number, span: number, bits: number): bigint {
  let [low, high] = [-span, span];
  let index = 0n;
  for (let i = 0; i < bits; i++) {
    const middle = (low + high) / 2;
    const upper = value >= middle;
    if (upper) low = middle;
    else high = middle;
    index = index * 2n + (upper ? 1n : 0n);
  }
  return index;
}

/** Where an interval begins: exact, as the widths are powers of two of 180 or 90. */
function start(index: bigint, span: number, bits: number): number {
  let [low, high] = [-span, span];
  for (let bit = bits - 1; bit >= 0; bit--) {
    const middle = (low + high) / 2;
    if ((index >> BigInt(bit)) & 1n) low = middle;
    else high = middle;
  }
  return low;
}

function bounds({ column, row, columnBits, rowBits }: Cell) {
  const west = start(column, 180, columnBits);
  const south = start(row, 90, rowBits);
  return { west, south, east: west + 360 / 2 ** columnBits, north: south + 180 / 2 ** rowBits };
}

/** From north-west, clockwise. Columns go around the Earth; there is nothing beyond the poles. */
const DIRECTIONS = [
  [-1, 1],
  [0, 1],
  [1, 1],
  [1, 0],
  [1, -1],
  [0, -1],
  [-1, -1],
  [-1, 0],
] as const;

export const GEOHASH_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'geo_point_to_geohash',
    nulls: 'propagate',
    doc: 'Geohash of a point.',
    evaluate: ([longitude, latitude, accuracy]) => {
      const position = readPosition(longitude, latitude);
      const digits = Number(accuracy ?? 5);
      if (!position || !(digits >= 1 && digits <= LONGEST)) return '';
      const { columnBits, rowBits } = bitsOf(digits);
      const column = interval(position[0], 180, columnBits);
      return encode({ column, row: interval(position[1], 90, rowBits), columnBits, rowBits });
    },
  },
  {
    name: 'geo_geohash_to_central_point',
    nulls: 'propagate',
    doc: 'The center of a geohash.',
    evaluate: ([text]) => {
      const cell = decode(text as string);
      if (!cell) return null;
      const { west, south, east, north } = bounds(cell);
      return writePosition([(west + east) / 2, (south + north) / 2]);
    },
  },
  {
    name: 'geo_geohash_to_polygon',
    nulls: 'propagate',
    doc: 'The rectangle of a geohash.',
    evaluate: ([text]) => {
      const cell = decode(text as string);
      if (!cell) return null;
      const { west, south, east, north } = bounds(cell);
      return writeRing([
        [west, south],
        [east, south],
        [east, north],
        [west, north],
      ]);
    },
  },
  {
    name: 'geo_geohash_neighbors',
    nulls: 'propagate',
    doc: 'The geohashes around a geohash.',
    evaluate: ([text]) => {
      const cell = decode(text as string);
      if (!cell) return null;
      const columns = 1n << BigInt(cell.columnBits);
      const rows = 1n << BigInt(cell.rowBits);
      const found = DIRECTIONS.flatMap(([east, north]) => {
        const row = cell.row + BigInt(north);
        if (row < 0n || row >= rows) return [];
        return [encode({ ...cell, row, column: (cell.column + BigInt(east) + columns) % columns })];
      });
      return writeJson(tokenSet(found));
    },
  },
];
