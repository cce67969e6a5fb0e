import {
  datetimeString,
  parseDatetime,
  parseDecimal,
  parseGuid,
  parseTimespan,
  timespanText,
  type KustoType,
  type KustoValue,
} from '../values/index.js';
import { KustoError } from '../errors/index.js';
import type { ScalarFunction } from './scalar-function.js';
import { decimalText, parseJson, writeJson } from './json.js';
import { realText } from './real-text.js';

/** Conversions from and to text. */

/** Text of a value as tostring() gives it; null is the empty string. */
export function stringOf(value: KustoValue, type: KustoType): string {
  if (value === null) return '';
  switch (type) {
    case 'datetime':
      return datetimeString(value as bigint);
    case 'timespan':
      return timespanText(value as bigint);
    case 'bool':
      return value ? 'True' : 'False';
    case 'real':
      return realText(value as number);
    case 'dynamic': {
      const text = value as string;
      if (text.startsWith('"')) return JSON.parse(text) as string;
      if (text === 'null') return '';
      return /\d[.eE]/.test(text) ? writeJson(parseJson(text) ?? text) : text;
    }
    default:
      return String(value);
  }
}

/** toguid() reads 32 digits, and leaves alone what comes after them. */
const guidPart = (text: string): string => /^\s*(?:[0-9a-f]-?){31}[0-9a-f]/i.exec(text)?.[0] ?? text;

/** Null for what is no number. Throws KustoError CAL0001 for a number that is larger than a stored decimal can be. */
function toDecimal(text: string): string | null {
  const decimal = parseDecimal(text);
  if (decimal !== undefined) return decimal;
  if (!/^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text)) return null;
  throw new KustoError(
    'CAL0001',
    `todecimal(): ${text.trim()} has more than 20 digits before the point, which is not supported.`,
  );
}

export const TEXT_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'tostring',
    nulls: 'own',
    doc: 'Text of a value; null gives the empty string.',
    evaluate: ([value], { argumentTypes }) => stringOf(value!, argumentTypes[0]!),
  },
  {
    name: 'todatetime',
    nulls: 'propagate',
    doc: 'Datetime from text, null when it is none.',
    evaluate: ([value], { argumentTypes }) => parseDatetime(stringOf(value!, argumentTypes[0]!)) ?? null,
  },
  {
    name: 'totimespan',
    nulls: 'propagate',
    doc: 'Timespan from text, null when it is none.',
    evaluate: ([value], { argumentTypes }) => parseTimespan(stringOf(value!, argumentTypes[0]!)) ?? null,
  },
  {
    name: 'toguid',
    nulls: 'propagate',
    doc: 'Guid from text, null when it is none.',
    evaluate: ([value], { argumentTypes }) => parseGuid(guidPart(stringOf(value!, argumentTypes[0]!))) ?? null,
  },
  {
    name: 'todecimal',
    nulls: 'propagate',
    doc: 'Decimal from text or number, null when it is none.',
    evaluate: ([value], { argumentTypes: [type] }) => {
      if (type === 'dynamic') return toDecimal(decimalText(parseJson(value as string) ?? null));
      return toDecimal(type === 'real' ? decimalText(value as number) : stringOf(value!, type!));
    },
  },
];
