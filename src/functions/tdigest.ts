import type { KustoType, KustoValue } from '../values/index.js';
import { isArray, jsonOf, numberOf, parseJson, scalarOf, writeJson, type Json } from './json.js';
import type { ScalarFunction } from './scalar-function.js';

/**
 * Digests of values for percentiles: `[[type], [values…], [weights…]]`, values ascending. Exact up to MAX_CENTROIDS
 * distinct values; neighbours are merged beyond.
 */
interface Digest {
  readonly type: KustoType;
  readonly values: readonly KustoValue[];
  readonly weights: readonly number[];
}

const MAX_CENTROIDS = 4096;

const TYPES: readonly KustoType[] = ['int', 'long', 'real', 'decimal', 'datetime', 'timespan'];

function digestOf(json: Json | undefined): Digest | undefined {
  if (!isArray(json) || json.length !== 3) return undefined;
  const [type, values, weights] = json.map((one) => (isArray(one) ? one : undefined));
  const name = type?.[0] as KustoType;
  if (!values || !weights || values.length !== weights.length || !TYPES.includes(name)) return undefined;
  return {
    type: name,
    values: values.map((value) => scalarOf(value, name)),
    weights: weights.map((weight) => numberOf(weight) ?? 0),
  };
}

const order = (a: KustoValue, b: KustoValue, type: KustoType): number => {
  const [x, y] = type === 'decimal' ? [Number(a), Number(b)] : [a!, b!];
  return x < y ? -1 : x > y ? 1 : 0;
};

function digested(type: KustoType, pairs: readonly (readonly [KustoValue, number])[]): string | null {
  const sorted = pairs.filter(([value, weight]) => value !== null && weight > 0);
  if (sorted.length === 0) return null;
  sorted.sort(([a], [b]) => order(a, b, type));
  const values: KustoValue[] = [];
  const weights: number[] = [];
  for (const [value, weight] of sorted) {
    if (values.length > 0 && order(values.at(-1)!, value, type) === 0) weights[weights.length - 1]! += weight;
    else {
      values.push(value);
      weights.push(weight);
    }
  }
  while (values.length > MAX_CENTROIDS) mergeNeighbours(values, weights, type);
  return writeJson([[type], values.map((value) => jsonOf(value, type)), weights.map(weightOf)]);
}

const weightOf = (weight: number): Json => weight;

/** Halves the number of centroids: each pair gets its weighted mean (text types: the heavier value). */
function mergeNeighbours(values: KustoValue[], weights: number[], type: KustoType): void {
  const count = Math.ceil(values.length / 2);
  for (let i = 0; i < count; i++) {
    const [a, b] = [2 * i, 2 * i + 1];
    const [wa, wb] = [weights[a]!, weights[b] ?? 0];
    const other = values[b] ?? values[a]!;
    values[i] = type === 'decimal' ? (wa >= wb ? values[a]! : other) : mean(values[a]!, wa, other, wb);
    weights[i] = wa + wb;
  }
  values.length = count;
  weights.length = count;
}

function mean(a: KustoValue, wa: number, b: KustoValue, wb: number): KustoValue {
  const share = wb / (wa + wb);
  if (typeof a === 'bigint') return a + BigInt(Math.round(Number((b as bigint) - a) * share));
  return (a as number) + ((b as number) - (a as number)) * share;
}

const total = (digest: Digest): number => digest.weights.reduce((a, b) => a + b, 0);

/** Nearest rank. */
function percentileOf(digest: Digest, percent: number): KustoValue {
  const target = (percent * total(digest)) / 100;
  let seen = 0;
  for (const [i, weight] of digest.weights.entries()) {
    seen += weight;
    if (seen >= target) return digest.values[i]!;
  }
  return digest.values.at(-1)!;
}

function rankOf(digest: Digest, value: KustoValue): number {
  return digest.weights.reduce(
    (rank, weight, i) => (order(digest.values[i]!, value, digest.type) <= 0 ? rank + weight : rank),
    0,
  );
}

const read = (text: KustoValue): Digest | undefined => digestOf(parseJson(text as string));

function merged(digests: readonly (Digest | undefined)[]): string | null {
  const known = digests.filter((digest) => digest !== undefined);
  const first = known[0];
  if (!first) return null;
  const same = known.filter((digest) => digest.type === first.type);
  return digested(
    first.type,
    same.flatMap((digest) => digest.values.map((value, i): [KustoValue, number] => [value, digest.weights[i]!])),
  );
}

/** The value to rank, in the digest's type. */
const asMember = (value: KustoValue, type: KustoType, digest: Digest): KustoValue =>
  type === digest.type ? value : scalarOf(jsonOf(value, type), digest.type);

const rank =
  (finish: (rank: number, digest: Digest) => number): ScalarFunction['evaluate'] =>
  ([text, value], { argumentTypes, type }) => {
    const digest = read(text!);
    if (!digest) return null;
    return scalarOf(finish(rankOf(digest, asMember(value!, argumentTypes[1]!, digest)), digest), type);
  };

const merge = (name: string): ScalarFunction => ({
  name,
  nulls: 'own',
  doc: 'One digest of several.',
  evaluate: (texts) => merged(texts.map((text) => (text === null ? undefined : read(text)))),
});

export const TDIGEST_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'tdigest_of_pairs',
    nulls: 'propagate',
    doc: 'The digest of an array of `[value, weight]` pairs of a type (internal, tdigest).',
    evaluate: ([pairs, typeName]) => {
      const type = typeName as KustoType;
      const held = parseJson(pairs as string);
      if (!isArray(held)) return null;
      return digested(
        type,
        held.map((pair): [KustoValue, number] => {
          const [value, weight] = pair as readonly Json[];
          return [scalarOf(value, type), numberOf(weight) ?? 0];
        }),
      );
    },
  },
  {
    name: 'weighted_rank',
    nulls: 'propagate',
    doc: 'The place, from 1, in an array of weights at which they reach a percentage of their sum (internal, percentilew).',
    evaluate: ([array, percent]) => {
      const weights = parseJson(array as string);
      if (!isArray(weights)) return null;
      const held = weights.map((weight) => numberOf(weight) ?? 0);
      const target = (Number(percent) * held.reduce((a, b) => a + b, 0)) / 100;
      let seen = 0;
      const place = held.findIndex((weight) => (seen += weight) >= target);
      return place < 0 ? null : BigInt(place + 1);
    },
  },
  {
    name: 'merge_tdigests_of',
    nulls: 'propagate',
    doc: 'One digest of an array of digests (internal, tdigest_merge).',
    evaluate: ([array]) => {
      const held = parseJson(array as string);
      return isArray(held) ? merged(held.map(digestOf)) : null;
    },
  },
  merge('merge_tdigest'),
  merge('tdigest_merge'),
  {
    name: 'percentile_tdigest',
    nulls: 'propagate',
    doc: 'A percentile of a digest.',
    evaluate: ([text, percent], { type }) => {
      const digest = read(text!);
      return digest ? scalarOf(jsonOf(percentileOf(digest, Number(percent)), digest.type), type) : null;
    },
  },
  {
    name: 'percentiles_array_tdigest',
    nulls: 'propagate',
    doc: 'Percentiles of a digest, as an array; the percents are arguments or an array.',
    evaluate: ([text, ...percents], { argumentTypes }) => {
      const digest = read(text!);
      if (!digest) return null;
      const wanted = percents.flatMap((percent, i): number[] => {
        if (argumentTypes[i + 1] !== 'dynamic') return [Number(percent)];
        const held = parseJson(percent as string);
        return isArray(held) ? held.map((one) => numberOf(one) ?? 0) : [];
      });
      return writeJson(wanted.map((percent) => jsonOf(percentileOf(digest, percent), digest.type)));
    },
  },
  { name: 'rank_tdigest', nulls: 'propagate', doc: 'How many values are at most this one.', evaluate: rank((r) => r) },
  {
    name: 'percentrank_tdigest',
    nulls: 'propagate',
    doc: 'How many values are at most this one, in percent.',
    evaluate: rank((r, digest) => (100 * r) / total(digest)),
  },
  {
    name: 'tdigest_isvalid',
    nulls: 'own',
    doc: 'Whether a value is a digest; null is one.',
    evaluate: ([text]) => text === null || read(text!) !== undefined,
  },
];
