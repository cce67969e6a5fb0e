import { isArray, numberOf, parseJson, writeJson, type Json } from './json.js';
import type { ScalarFunction } from './scalar-function.js';

/**
 * Sketches of sets for distinct counts (HyperLogLog): `["hll", bits, "hashes" | "registers", base64]`. Small sets keep
 * their 64-bit hashes, so that counts and intersections of them are exact; larger ones keep 2^bits registers.
 */
type Sketch =
  | { readonly bits: number; readonly hashes: ReadonlySet<bigint>; readonly registers?: undefined }
  | { readonly bits: number; readonly hashes?: undefined; readonly registers: Uint8Array };

/** Bits of the register number, by the accuracy argument. */
const BITS = [12, 14, 16, 17, 18];

export const DEFAULT_ACCURACY = 1;

/** A set keeps its hashes while they take no more room than registers would. */
const maxHashes = (bits: number): number => 2 ** bits / 8;

function sketchOf(json: Json | undefined): Sketch | undefined {
  if (!isArray(json) || json[0] !== 'hll') return undefined;
  const [, bits, kind, text] = json;
  const size = numberOf(bits);
  if (size === undefined || typeof text !== 'string') return undefined;
  const bytes = Buffer.from(text, 'base64');
  if (kind === 'registers') return { bits: size, registers: new Uint8Array(bytes) };
  const hashes = new Set<bigint>();
  for (let at = 0; at + 8 <= bytes.length; at += 8) hashes.add(bytes.readBigUInt64BE(at));
  return { bits: size, hashes };
}

function textOf(sketch: Sketch): string {
  if (sketch.registers) {
    return writeJson(['hll', sketch.bits, 'registers', Buffer.from(sketch.registers).toString('base64')]);
  }
  const bytes = Buffer.alloc(sketch.hashes.size * 8);
  [...sketch.hashes].forEach((hash, i) => bytes.writeBigUInt64BE(hash, i * 8));
  return writeJson(['hll', sketch.bits, 'hashes', bytes.toString('base64')]);
}

function toRegisters(hashes: Iterable<bigint>, bits: number, registers = new Uint8Array(2 ** bits)): Uint8Array {
  const shift = BigInt(64 - bits);
  for (const hash of hashes) {
    const index = Number(hash >> shift);
    const rest = BigInt.asUintN(64, hash << BigInt(bits));
    // Position of the first one bit behind the register's number.
    const rank = rest === 0n ? 64 - bits + 1 : 64 - rest.toString(2).length + 1;
    if (rank > registers[index]!) registers[index] = rank;
  }
  return registers;
}

function compact(hashes: ReadonlySet<bigint>, bits: number): Sketch {
  return hashes.size <= maxHashes(bits) ? { bits, hashes } : { bits, registers: toRegisters(hashes, bits) };
}

/** The sketch of all sets together, with the fewest bits among them. */
function union(sketches: readonly Sketch[]): Sketch {
  const bits = Math.min(...sketches.map((sketch) => sketch.bits));
  if (sketches.every((sketch) => sketch.hashes)) {
    return compact(new Set(sketches.flatMap((sketch) => [...sketch.hashes!])), bits);
  }
  const registers = new Uint8Array(2 ** bits);
  for (const sketch of sketches) {
    if (sketch.hashes) toRegisters(sketch.hashes, bits, registers);
    else
      folded(sketch.registers, sketch.bits, bits).forEach((rank, i) => {
        if (rank > registers[i]!) registers[i] = rank;
      });
  }
  return { bits, registers };
}

/** Registers of fewer bits: the dropped bits of the number become the first bits of the rest. */
function folded(registers: Uint8Array, from: number, to: number): Uint8Array {
  if (from === to) return registers;
  const result = new Uint8Array(2 ** to);
  const dropped = from - to;
  registers.forEach((rank, index) => {
    if (rank === 0) return;
    const low = index & (2 ** dropped - 1);
    const seen = low === 0 ? rank + dropped : dropped - Math.floor(Math.log2(low));
    const target = index >> dropped;
    if (seen > result[target]!) result[target] = seen;
  });
  return result;
}

function countOf(sketch: Sketch): number {
  if (sketch.hashes) return sketch.hashes.size;
  const { registers } = sketch;
  const size = registers.length;
  let sum = 0;
  let zeros = 0;
  for (const rank of registers) {
    sum += 2 ** -rank;
    if (rank === 0) zeros++;
  }
  const estimate = ((0.7213 / (1 + 1.079 / size)) * size * size) / sum;
  return Math.round(estimate <= 2.5 * size && zeros > 0 ? size * Math.log(size / zeros) : estimate);
}

/** Elements of all of the sets: exact for hashes, by inclusion and exclusion for registers. */
function intersectionCount(sketches: readonly Sketch[]): number {
  const [first, ...others] = sketches;
  if (sketches.every((sketch) => sketch.hashes)) {
    return [...first!.hashes!].filter((hash) => others.every((other) => other.hashes!.has(hash))).length;
  }
  let count = 0;
  for (let subset = 1; subset < 2 ** sketches.length; subset++) {
    const members = sketches.filter((_, i) => (subset >> i) & 1);
    count += (members.length % 2 === 1 ? 1 : -1) * countOf(union(members));
  }
  return Math.max(0, count);
}

const read = (text: string): Sketch | undefined => sketchOf(parseJson(text));

export const HLL_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'hll_of_hashes',
    nulls: 'propagate',
    doc: 'The sketch of an array of 64-bit hashes in hexadecimal, and an accuracy (internal, hll).',
    evaluate: ([array, accuracy]) => {
      const held = parseJson(array as string);
      const bits = BITS[Number(accuracy)];
      if (!isArray(held) || bits === undefined) return null;
      // Sorted: the text of a sketch does not depend on the order of the rows.
      return textOf(
        compact(
          new Set(
            held
              .map(String)
              .sort()
              .map((hash) => BigInt(`0x${hash}`)),
          ),
          bits,
        ),
      );
    },
  },
  {
    name: 'merge_hlls_of',
    nulls: 'propagate',
    doc: 'One sketch of an array of sketches (internal, hll_merge).',
    evaluate: ([array]) => {
      const held = parseJson(array as string);
      const sketches = isArray(held) ? held.map(sketchOf).filter((sketch) => sketch !== undefined) : [];
      return sketches.length > 0 ? textOf(union(sketches)) : null;
    },
  },
  {
    name: 'hll_merge',
    nulls: 'own',
    doc: 'One sketch of several.',
    evaluate: (texts) => {
      const sketches = texts.map((text) => (text === null ? undefined : read(text as string)));
      const known = sketches.filter((sketch) => sketch !== undefined);
      return known.length > 0 ? textOf(union(known)) : null;
    },
  },
  {
    name: 'dcount_hll',
    nulls: 'propagate',
    doc: 'How many distinct values a sketch stands for.',
    evaluate: ([text]) => {
      const sketch = read(text as string);
      return sketch ? BigInt(countOf(sketch)) : null;
    },
  },
  {
    name: 'hll_intersections',
    nulls: 'own',
    doc: 'How many values the first, the first two, … of the sketches share (internal, dcount_intersect).',
    evaluate: (texts) => {
      const sketches = texts.map((text) => (text === null ? undefined : read(text as string)));
      return writeJson(
        sketches.map((_, i) => {
          const members = sketches.slice(0, i + 1);
          return members.every((sketch) => sketch !== undefined) ? intersectionCount(members) : null;
        }),
      );
    },
  },
  {
    name: 'hll_isvalid',
    nulls: 'own',
    doc: 'Whether a value is a sketch; null is one.',
    evaluate: ([text]) => text === null || read(text as string) !== undefined,
  },
];
