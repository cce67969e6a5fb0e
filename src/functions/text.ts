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
import type { ScalarFunction } from './scalar-function.js';
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
      return text.startsWith('"') ? (JSON.parse(text) as string) : text === 'null' ? '' : text;
    }
    default:
      return String(value);
  }
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
    evaluate: ([value], { argumentTypes }) => parseGuid(stringOf(value!, argumentTypes[0]!)) ?? null,
  },
  {
    name: 'todecimal',
    nulls: 'propagate',
    doc: 'Decimal from text or number, null when it is none.',
    evaluate: ([value], { argumentTypes }) => parseDecimal(stringOf(value!, argumentTypes[0]!)) ?? null,
  },
];
