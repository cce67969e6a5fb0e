import { KustoError } from '../errors/index.js';
import { TICKS_PER_DAY } from '../values/index.js';
import { civilOf } from './calendar.js';

/** format_datetime() and format_timespan(): a few specifiers between a few delimiters, and nothing else. */

interface Fields {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** Seven digits. */
  readonly fraction: string;
}

/** A specifier (`yyyy`, `fff`, …) or a delimiter. */
export interface FormatPiece {
  readonly token: string;
  readonly isDelimiter: boolean;
}

type Piece = string | ((fields: Fields) => string);

const pad = (value: number, width: number): string => String(value).padStart(width, '0');

function fractionPiece(token: string): Piece {
  const digits = token.length;
  if (token[0] === 'f') return ({ fraction }) => fraction.slice(0, digits);
  return ({ fraction }) => fraction.slice(0, digits).replace(/0+$/, '');
}

const SHARED: Readonly<Record<string, (fields: Fields) => string>> = {
  H: ({ hour }) => String(hour),
  HH: ({ hour }) => pad(hour, 2),
  m: ({ minute }) => String(minute),
  mm: ({ minute }) => pad(minute, 2),
  s: ({ second }) => String(second),
  ss: ({ second }) => pad(second, 2),
};

const DATETIME: Readonly<Record<string, (fields: Fields) => string>> = {
  ...SHARED,
  d: ({ day }) => String(day),
  dd: ({ day }) => pad(day, 2),
  h: ({ hour }) => String(hour % 12 || 12),
  hh: ({ hour }) => pad(hour % 12 || 12, 2),
  M: ({ month }) => String(month),
  MM: ({ month }) => pad(month, 2),
  y: ({ year }) => String(year % 100),
  yy: ({ year }) => pad(year % 100, 2),
  yyyy: ({ year }) => pad(year, 4),
  tt: ({ hour }) => (hour < 12 ? 'AM' : 'PM'),
};

/** In a timespan h is the hour of the day, as H is. */
const TIMESPAN: Readonly<Record<string, (fields: Fields) => string>> = {
  ...SHARED,
  h: SHARED.H!,
  hh: SHARED.HH!,
};

const DATETIME_TOKENS = /yyyy|yy|y|MM|M|dd|d|hh|h|HH|H|mm|m|ss|s|tt|f{1,7}|F{1,7}|[ \/\-:,._[\]]/y;
const TIMESPAN_TOKENS = /d{1,8}|hh|h|HH|H|mm|m|ss|s|f{1,7}|F{1,7}|[ \/\-:,._[\]]/y;

/** Takes a datetime's (or timespan's) format apart. KustoError when it holds anything else. */
export function formatPieces(name: 'format_datetime' | 'format_timespan', format: string): FormatPiece[] {
  const tokens = name === 'format_datetime' ? DATETIME_TOKENS : TIMESPAN_TOKENS;
  const pieces: FormatPiece[] = [];
  for (let at = 0; at < format.length; at = tokens.lastIndex) {
    tokens.lastIndex = at;
    const token = tokens.exec(format)?.[0];
    if (token === undefined) {
      throw new KustoError(
        'SEM0001',
        `${name}(): '${format[at]}' in the format '${format}' is neither a specifier nor a delimiter (blank / - : , . _ [ ]).`,
      );
    }
    pieces.push({ token, isDelimiter: !/[a-z]/i.test(token) });
  }
  return pieces;
}

/** Compiles a format; the last few are remembered, since a query has one for all its rows. */
function compiler(
  name: 'format_datetime' | 'format_timespan',
  table: Readonly<Record<string, (fields: Fields) => string>>,
) {
  const known = new Map<string, readonly Piece[]>();
  return (format: string): readonly Piece[] => {
    const found = known.get(format);
    if (found) return found;
    const pieces = formatPieces(name, format).map(({ token, isDelimiter }): Piece => {
      if (isDelimiter) return token;
      if (/^f/i.test(token)) return fractionPiece(token);
      if (name === 'format_timespan' && token[0] === 'd') return ({ day }) => pad(day, token.length);
      return table[token]!;
    });
    if (known.size >= 50) known.clear();
    known.set(format, pieces);
    return pieces;
  };
}

const datetimePieces = compiler('format_datetime', DATETIME);
const timespanPieces = compiler('format_timespan', TIMESPAN);

function render(pieces: readonly Piece[], fields: Fields): string {
  return pieces.map((piece) => (typeof piece === 'string' ? piece : piece(fields))).join('');
}

function clock(ticks: number): Pick<Fields, 'hour' | 'minute' | 'second' | 'fraction'> {
  const seconds = Math.floor(ticks / 1e7);
  return {
    hour: Math.floor(seconds / 3600),
    minute: Math.floor(seconds / 60) % 60,
    second: seconds % 60,
    fraction: pad(ticks % 1e7, 7),
  };
}

export function formatDatetime(ticks: bigint, format: string): string {
  const { year, month, day, time } = civilOf(ticks);
  return render(datetimePieces(format), { year, month, day, ...clock(Number(time)) });
}

export function formatTimespan(ticks: bigint, format: string): string {
  const size = ticks < 0n ? -ticks : ticks;
  const day = Number(size / TICKS_PER_DAY);
  const text = render(timespanPieces(format), { year: 0, month: 0, day, ...clock(Number(size % TICKS_PER_DAY)) });
  return ticks < 0n ? `-${text}` : text;
}
