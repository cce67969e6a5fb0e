import type { KustoType, KustoValue } from '../../values/index.js';
import { parseJson, writeJson, type Json, realOf } from '../json.js';
import type { ScalarFunction } from '../scalar-function.js';
import { numberOf, readSeries, reals, writeSeries } from './series.js';

/** Filling the gaps of a series: elements that equal the placeholder (null, when none is given). */

const elementsOf = (argument: KustoValue | undefined): readonly Json[] | undefined => {
  const held = typeof argument === 'string' ? parseJson(argument) : undefined;
  return Array.isArray(held) ? (held as readonly Json[]) : undefined;
};

function gapTest(placeholder: KustoValue | undefined): (value: Json) => boolean {
  if (placeholder === undefined || placeholder === null) return (value) => value === null;
  const wanted = Number(placeholder);
  return (value) => {
    const number = numberOf(value);
    return number !== null && Object.is(Number(number), wanted);
  };
}

/** Each gap takes the last value before it; gaps with none before them stay. */
function carry(elements: readonly Json[], isGap: (value: Json) => boolean): Json[] {
  let last: Json | undefined;
  return elements.map((value) => {
    if (!isGap(value)) last = value;
    return isGap(value) && last !== undefined ? last : value;
  });
}

const constantJson = (value: KustoValue | undefined, type: KustoType | undefined): Json =>
  value === undefined || value === null
    ? null
    : type === 'real'
      ? realOf(value as number)
      : (parseJson(String(value)) ?? null);

export const FILL_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'series_fill_forward',
    nulls: 'own',
    doc: 'Fills gaps with the last value before them.',
    evaluate: ([argument, placeholder]) => {
      const elements = elementsOf(argument);
      return elements ? writeJson(carry(elements, gapTest(placeholder))) : null;
    },
  },
  {
    name: 'series_fill_backward',
    nulls: 'own',
    doc: 'Fills gaps with the next value after them.',
    evaluate: ([argument, placeholder]) => {
      const elements = elementsOf(argument);
      return elements ? writeJson(carry([...elements].reverse(), gapTest(placeholder)).reverse()) : null;
    },
  },
  {
    name: 'series_fill_const',
    nulls: 'own',
    doc: 'Fills gaps with a constant.',
    evaluate: ([argument, constant, placeholder], { argumentTypes }) => {
      const elements = elementsOf(argument);
      const isGap = gapTest(placeholder);
      const filling = constantJson(constant, argumentTypes[1]);
      return elements ? writeJson(elements.map((value) => (isGap(value) ? filling : value))) : null;
    },
  },
  {
    name: 'series_fill_linear',
    nulls: 'own',
    doc: 'Fills gaps along the line between their neighbours; whole numbers stay whole.',
    evaluate: ([argument, placeholder, edges, constant]) => {
      const elements = elementsOf(argument);
      const series = readSeries(argument);
      if (!elements || !series) return null;
      const gap = elements.map(gapTest(placeholder));
      if (gap.every(Boolean)) {
        if (elements.length === 0 || constant === null) return writeJson(elements);
        return writeJson(elements.map(() => realOf(Number(constant ?? 0))));
      }
      const filled = interpolate(reals(series), gap, edges !== false);
      return series.kind === 'real'
        ? writeSeries({ kind: 'real', values: filled })
        : writeSeries({
            kind: 'long',
            values: series.values.map((value, i) => (gap[i] ? whole(filled[i]!) : value)),
          });
    },
  },
];

const whole = (value: number | null): bigint | null => (value === null ? null : BigInt(Math.trunc(value)));

function interpolate(values: readonly (number | null)[], gap: readonly boolean[], edges: boolean): (number | null)[] {
  const filled = [...values];
  let before = -1;
  for (let i = 0; i <= values.length; i++) {
    if (i < values.length && gap[i]) continue;
    const left = before >= 0 ? values[before]! : undefined;
    const right = i < values.length ? values[i]! : undefined;
    for (let k = before + 1; k < i; k++) {
      if (left === undefined || right === undefined) filled[k] = edges ? (left ?? right)! : values[k]!;
      else filled[k] = left + ((right - left) / (i - before)) * (k - before);
    }
    before = i;
  }
  return filled;
}
