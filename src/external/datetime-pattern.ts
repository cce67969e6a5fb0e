import { KustoError } from '../errors/index.js';
import { datetimeString } from '../values/index.js';

/** Units of a datetime, from the largest down; `fraction` is in ticks. */
export const UNITS = ['year', 'month', 'day', 'hour', 'minute', 'second', 'fraction'] as const;
export type Unit = (typeof UNITS)[number];

export type PatternPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'unit'; readonly unit: Unit; readonly width: number };

/** The specifiers that name a place in time by digits alone, so that a path can be read back. */
const SPECIFIERS: Readonly<Record<string, { readonly unit: Unit; readonly widths: readonly number[] }>> = {
  y: { unit: 'year', widths: [4] },
  M: { unit: 'month', widths: [1, 2] },
  d: { unit: 'day', widths: [1, 2] },
  H: { unit: 'hour', widths: [1, 2] },
  m: { unit: 'minute', widths: [1, 2] },
  s: { unit: 'second', widths: [1, 2] },
  f: { unit: 'fraction', widths: [1, 2, 3, 4, 5, 6, 7] },
};
const OTHER_SPECIFIERS = 'FghKtz';

/**
 * A custom .NET format, in either of its two writings: `'year='yyyy'/month='MM` or `year={yyyy}/month={MM}`. Throws
 * ExternalTable_InvalidDefinition for specifiers that cannot be read back from a path.
 */
export function parsePattern(pattern: string): readonly PatternPart[] {
  const parts: PatternPart[] = [];
  const put = (text: string) => {
    const last = parts.at(-1);
    if (last?.kind === 'text') parts[parts.length - 1] = { kind: 'text', text: last.text + text };
    else parts.push({ kind: 'text', text });
  };
  if (pattern.includes('{')) {
    for (const [, text, inner, open] of pattern.matchAll(/([^{}]+)|\{([^{}]*)\}|([{}])/g)) {
      if (open !== undefined) throw bad(pattern, 'a curly bracket has no partner');
      if (text !== undefined) put(text);
      else dotNet(pattern, inner ?? '', parts, put);
    }
  } else {
    dotNet(pattern, pattern, parts, put);
  }
  if (!parts.some((part) => part.kind === 'unit')) throw bad(pattern, 'it holds no part of a datetime');
  return parts;
}

function dotNet(pattern: string, text: string, parts: PatternPart[], put: (text: string) => void): void {
  for (let i = 0; i < text.length;) {
    const c = text.charAt(i);
    if (c === "'" || c === '"') {
      const end = text.indexOf(c, i + 1);
      if (end < 0) throw bad(pattern, 'a quote is not closed');
      if (end > i + 1) put(text.slice(i + 1, end));
      i = end + 1;
    } else if (c === '\\') {
      if (i + 1 === text.length) throw bad(pattern, 'it ends with a backslash');
      put(text.charAt(i + 1));
      i += 2;
    } else if (c === '%') {
      i++;
    } else {
      let width = 1;
      while (text.charAt(i + width) === c) width++;
      const specifier = SPECIFIERS[c];
      if (specifier?.widths.includes(width)) {
        const last = parts.at(-1);
        if (last?.kind === 'unit' && (isOpenEnded(last) || isOpenEnded({ unit: specifier.unit, width }))) {
          throw bad(pattern, `"${c.repeat(width)}" touches another number, and one of them has no fixed width`);
        }
        parts.push({ kind: 'unit', unit: specifier.unit, width });
      } else if (specifier || OTHER_SPECIFIERS.includes(c)) {
        throw bad(pattern, `"${c.repeat(width)}" is not supported; put literal text in quotes`);
      } else put(c.repeat(width));
      i += width;
    }
  }
}

/** One digit or two, as the value needs. */
function isOpenEnded({ unit, width }: { readonly unit: Unit; readonly width: number }): boolean {
  return width === 1 && unit !== 'fraction';
}

/** Ticks by the parts of a pattern. */
export function formatPattern(parts: readonly PatternPart[], ticks: bigint): string {
  const [, year, month, day, hour, minute, second, fraction] =
    /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.(\d{7})Z$/.exec(datetimeString(ticks)) ?? [];
  const digits = { year, month, day, hour, minute, second, fraction } as Record<Unit, string>;
  return parts
    .map((part) => {
      if (part.kind === 'text') return part.text;
      if (part.unit === 'fraction') return digits.fraction.slice(0, part.width);
      return String(Number(digits[part.unit])).padStart(part.width, '0');
    })
    .join('');
}

/** A regular expression's source for one part; a unit is one capture group. */
export function patternSource(part: PatternPart): string {
  if (part.kind === 'text') return escapeRegExp(part.text);
  return isOpenEnded(part) ? '([1-9]?\\d)' : `(\\d{${part.width}})`;
}

export function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

function bad(pattern: string, reason: string): KustoError {
  return new KustoError(
    'ExternalTable_InvalidDefinition',
    `The datetime pattern "${pattern}" is not valid: ${reason}. Use yyyy, MM, dd, HH, mm, ss, fffffff.`,
  );
}
