import { createHash } from 'node:crypto';
import xxhash from 'xxhash-wasm';
import { KustoError } from '../errors/index.js';
import type { KustoType, KustoValue } from '../values/index.js';
import type { ScalarFunction } from './scalar-function.js';
import { stringOf } from './text.js';

/** Hashes. Seen from the reference engine: hash() takes the bytes of a value, the cryptographic ones its text. */

const { h64Raw } = await xxhash();

/** Bytes of a value as hash() sees them. */
function bytesOf(value: KustoValue, type: KustoType, name: string): Uint8Array {
  switch (type) {
    case 'string':
      return Buffer.from(value as string);
    case 'long':
    case 'datetime':
    case 'timespan': {
      const bytes = Buffer.alloc(8);
      bytes.writeBigInt64LE(value as bigint);
      return bytes;
    }
    case 'int': {
      const bytes = Buffer.alloc(4);
      bytes.writeInt32LE(value as number);
      return bytes;
    }
    case 'real': {
      const bytes = Buffer.alloc(8);
      bytes.writeDoubleLE(value as number);
      return bytes;
    }
    default:
      throw new KustoError('CAL0001', `${name}() of a ${type} value is not supported; convert it by tostring().`);
  }
}

/** The hash, or its remainder by a modulus (never negative). */
function hash(args: readonly KustoValue[], argumentTypes: readonly KustoType[], name: string): KustoValue {
  const value = BigInt.asIntN(64, h64Raw(bytesOf(args[0]!, argumentTypes[0]!, name)));
  if (args.length < 2) return value;
  const modulus = BigInt(args[1] as bigint | number);
  if (modulus <= 0n) return null;
  return ((value % modulus) + modulus) % modulus;
}

function digest(name: string, algorithm: string): ScalarFunction {
  return {
    name,
    nulls: 'own',
    doc: `${algorithm.toUpperCase()} of a value's text, in hexadecimal digits.`,
    evaluate: ([value], { argumentTypes }) =>
      createHash(algorithm).update(stringOf(value!, argumentTypes[0]!)).digest('hex'),
  };
}

export const HASH_FUNCTIONS: readonly ScalarFunction[] = [
  ...['hash', 'hash_xxhash64'].map((name): ScalarFunction => ({
    name,
    nulls: 'propagate',
    doc: 'xxHash64 of a value, or its remainder by a modulus.',
    evaluate: (args, { argumentTypes }) => hash(args, argumentTypes, name),
  })),
  digest('hash_md5', 'md5'),
  digest('hash_sha1', 'sha1'),
  digest('hash_sha256', 'sha256'),
];
