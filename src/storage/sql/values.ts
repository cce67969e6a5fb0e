import { KustoError } from '../../errors/index.js';
import {
  datetimeString,
  parseDatetime,
  parseDecimal,
  parseGuid,
  TICKS_PER_DAY,
  TICKS_PER_SECOND,
  type KustoType,
  type KustoValue,
} from '../../values/index.js';
import type { ColumnPair } from './session.js';

/** What a database cannot store although its columns are of the right kind. */
export interface ValueLimits {
  readonly nan: boolean;
  readonly nullCharacter: boolean;
  /** Digits of a second in a datetime or time, where the column does not say. */
  readonly fraction: number;
  /** Ticks that a column of times may hold, exclusive on both sides. */
  readonly timeFrom: bigint;
  readonly timeTo: bigint;
}

/** Turns a value into text that the database reads as the same value, or throws Sql_ValueNotStorable. `record` counts from 1. */
export type TextOf = (value: KustoValue, record: number) => string | null;

/**
 * Exact, but for two things: a datetime or time loses the digits of a second that its column does not have (cut off, so
 * that it stays on its day), and trailing spaces that a fixed-length column adds are its own.
 */
export function textWriter({ source, target }: ColumnPair, limits: ValueLimits): TextOf {
  const refuse = (record: number, why: string): KustoError =>
    new KustoError(
      'Sql_ValueNotStorable',
      `Record ${record}, column '${source.name}': ${why}. Nothing of the run was written. Widen the column, or change the value in the query.`,
    );
  const write =
    (to: (value: KustoValue, record: number) => string): TextOf =>
    (value, record) =>
      value === null ? null : to(value, record);
  switch (source.type) {
    case 'bool':
      return write((value) => (value === true ? '1' : '0'));
    case 'int':
    case 'long':
      return write(String);
    case 'real':
      return write((value, record) => {
        if (typeof value !== 'number' || Number.isFinite(value) || limits.nan) return String(value);
        throw refuse(
          record,
          `the database has no ${value} (write iff(isfinite(['${source.name}']), ['${source.name}'], real(null)) in the query for a null)`,
        );
      });
    case 'decimal':
      return write((value, record) => {
        const text = String(value);
        if (holdsDecimal(text, target)) return text;
        throw refuse(record, `${target.type} cannot hold ${text} exactly`);
      });
    case 'datetime':
      return write((value) => datetimeCell(value as bigint, target.scale ?? limits.fraction));
    case 'timespan':
      if (target.kind === 'int64') return write(String);
      return write((value, record) => {
        const ticks = value as bigint;
        if (target.kind === 'time' && (ticks <= limits.timeFrom || ticks >= limits.timeTo)) {
          throw refuse(record, `a timespan of ${clockText(ticks, 7)} does not fit ${target.type}`);
        }
        return clockText(ticks, target.scale ?? limits.fraction);
      });
    case 'string':
      return write((value, record) => {
        const text = value as string;
        if (!limits.nullCharacter && text.includes('\0')) {
          throw refuse(record, 'the text holds a null character, which the database cannot store');
        }
        return text;
      });
    case 'guid':
    case 'dynamic':
      return write(String);
  }
}

/** True where neither a digit before the point nor one after it would be lost. */
export function holdsDecimal(text: string, { precision, scale }: ColumnPair['target']): boolean {
  if (precision === undefined) return true;
  const [, whole = '', fraction = ''] = /^-?0*(\d*)(?:\.(\d*?)0*)?$/.exec(text) ?? [];
  return fraction.length <= (scale ?? 0) && whole.length <= precision - (scale ?? 0);
}

function datetimeCell(ticks: bigint, digits: number): string {
  const text = datetimeString(ticks);
  return `${text.slice(0, 10)} ${text.slice(11, digits === 0 ? 19 : 20 + Math.min(digits, 7))}`;
}

/** `[-]hours:mm:ss[.fff]`, towards the smaller value. */
function clockText(ticks: bigint, digits: number): string {
  const unit = 10n ** BigInt(7 - Math.min(digits, 7));
  const cut = ticks - (((ticks % unit) + unit) % unit);
  const size = cut < 0n ? -cut : cut;
  const seconds = size / TICKS_PER_SECOND;
  const two = (n: bigint): string => String(n).padStart(2, '0');
  const fraction = String(size % TICKS_PER_SECOND)
    .padStart(7, '0')
    .slice(0, digits);
  const clock = `${two(seconds / 3600n)}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}`;
  return `${cut < 0n ? '-' : ''}${clock}${fraction === '' ? '' : `.${fraction}`}`;
}

/** Limits of a TIME that is a time of a day. */
export const TIME_OF_DAY = { timeFrom: -1n, timeTo: TICKS_PER_DAY } as const;

/**
 * A value from the text that `SqlSession.readable` makes the database say: datetimes in ISO form (UTC), timespans as ticks.
 * Throws Sql_ValueNotReadable.
 */
export function fromText({ source, target }: ColumnPair, text: string | null): KustoValue {
  if (text === null) return source.type === 'string' ? '' : null;
  const value = parsed(source.type, text);
  if (value !== undefined) return value;
  throw new KustoError(
    'Sql_ValueNotReadable',
    `The column '${source.name}' (${target.type}) holds '${text.slice(0, 100)}', which is no ${source.type}. ` +
      'Give the column another type in the external table, or mend the value.',
  );
}

function parsed(type: KustoType, text: string): KustoValue | undefined {
  switch (type) {
    case 'bool':
      return !['0', 'f', 'false', '\0', ''].includes(text.toLowerCase());
    case 'int': {
      const value = Number(text);
      return Number.isInteger(value) && Math.abs(value) <= 2 ** 31 ? value : undefined;
    }
    case 'long':
      return /^-?\d{1,19}$/.test(text) ? BigInt(text) : undefined;
    case 'real': {
      const value = Number(text);
      return Number.isNaN(value) && text !== 'NaN' ? undefined : value;
    }
    case 'decimal':
      return parseDecimal(text);
    case 'datetime':
      return parseDatetime(text);
    case 'timespan':
      return /^-?\d+$/.test(text) ? BigInt(text) : undefined;
    case 'string':
      return text;
    case 'guid':
      // As toguid() has it.
      return parseGuid(text) ?? null;
    case 'dynamic':
      return isJson(text) ? text : JSON.stringify(text);
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
