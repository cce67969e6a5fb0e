import { parseDatetime, type KustoType, type KustoValue } from '../../values/index.js';
import { JsonNumber, parseJson, realOf, type Json } from '../json.js';
import { realText } from '../real-text.js';

/**
 * A numeric series: the elements of a dynamic array. It is of one type, as in the reference: one real makes all of them
 * reals. What is no number is null.
 */
export type Series =
  | { readonly kind: 'long'; readonly values: readonly (bigint | null)[] }
  | { readonly kind: 'real'; readonly values: readonly (number | null)[] };

/** A dynamic argument as a series; undefined when it is no array. */
export function readSeries(argument: KustoValue | undefined): Series | undefined {
  const held = typeof argument === 'string' ? parseJson(argument) : undefined;
  if (!Array.isArray(held)) return undefined;
  const values = (held as readonly Json[]).map(numberOf);
  return values.some((value) => typeof value === 'number')
    ? { kind: 'real', values: values.map((value) => (value === null ? null : Number(value))) }
    : { kind: 'long', values: values as (bigint | null)[] };
}

/** The elements as reals. */
export function reals(series: Series): readonly (number | null)[] {
  return series.kind === 'real' ? series.values : series.values.map((value) => (value === null ? null : Number(value)));
}

/** The elements as reals, when each of them is a number; else undefined. */
export function completeReals(argument: KustoValue | undefined): readonly number[] | undefined {
  const series = readSeries(argument);
  if (!series) return undefined;
  const values = reals(series);
  return values.includes(null) ? undefined : (values as readonly number[]);
}

/** A series argument of a function that takes a number for a series of that number, too. */
export function readSeriesOrNumber(argument: KustoValue, type: KustoType, length: number): Series | undefined {
  if (type === 'dynamic') return readSeries(argument);
  if (argument === null) return undefined;
  return type === 'long' || type === 'int'
    ? { kind: 'long', values: new Array<bigint>(length).fill(BigInt(argument)) }
    : { kind: 'real', values: new Array<number>(length).fill(Number(argument)) };
}

/** A number of an array: bigint when it is whole, number when it is real, else null. */
export function numberOf(value: Json): bigint | number | null {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (value instanceof JsonNumber) {
    if (!/^-?\d+$/.test(value.text)) return Number(value.text);
    const whole = BigInt(value.text);
    return BigInt.asIntN(64, whole) === whole ? whole : Number(whole);
  }
  if (typeof value !== 'string') return null;
  // JSON has no word for these; and a datetime counts as its ticks.
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/.test(value)) return null;
  const ticks = parseDatetime(value);
  return ticks === undefined ? null : Number(ticks);
}

const elementText = (value: bigint | number | null): string => {
  if (value === null) return 'null';
  if (typeof value === 'bigint') return String(value);
  return Number.isFinite(value) ? realText(value) : `"${realText(value)}"`;
};

export function writeSeries(series: Series): string {
  return `[${series.values.map(elementText).join(',')}]`;
}

export const writeReals = (values: readonly (number | null)[]): string => writeSeries({ kind: 'real', values });

export const realsJson = (values: readonly number[]): Json => values.map(realOf);
