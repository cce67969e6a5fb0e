import { elementsOf } from '../../../../functions/index.js';
import type { LoweredArgument, LoweredCall, ScalarRow } from '../../../dialect.js';
import { list, sql, value, type Sql } from '../../../tree.js';
import { castTo } from '../cast.js';
import { onceEach } from '../once.js';
import { fromDynamic } from './dynamic-conversion.js';

/** String operators and functions. */

/** An argument as text: dynamic and other types are converted as tostring() does. */
export function text(arg: LoweredArgument, call: LoweredCall): Sql {
  if (arg.type === 'string') return arg.sql;
  if (arg.type === 'dynamic') return fromDynamic(arg.sql, 'string', call.lowering);
  return call.lowering.scalarText(arg);
}

const isAscii = (held: string): boolean => !/[^\0-\x7f]/.test(held);

/** Lower-cased text; a literal is lowered here and now, where the engine would not do it otherwise. */
function lowered(arg: LoweredArgument, call: LoweredCall): Sql {
  return typeof arg.literal === 'string' && arg.type === 'string' && isAscii(arg.literal)
    ? value('string', arg.literal.toLowerCase())
    : sql`lower(${text(arg, call)})`;
}

type Test = (haystack: Sql, needle: Sql) => Sql;

const TESTS: Readonly<Record<string, Test>> = {
  contains: (haystack, needle) => sql`contains(${haystack}, ${needle})`,
  startswith: (haystack, needle) => sql`starts_with(${haystack}, ${needle})`,
  endswith: (haystack, needle) => sql`suffix(${haystack}, ${needle})`,
  has: (haystack, needle) => sql`kql_has(${haystack}, ${needle})`,
  hasprefix: (haystack, needle) => sql`kql_hasprefix(${haystack}, ${needle})`,
  hassuffix: (haystack, needle) => sql`kql_hassuffix(${haystack}, ${needle})`,
};

function test(apply: Test, caseSensitive: boolean, negated: boolean): ScalarRow {
  return (call) => {
    const [haystack, needle] = call.args as [LoweredArgument, LoweredArgument];
    const held = caseSensitive
      ? apply(text(haystack, call), text(needle, call))
      : apply(lowered(haystack, call), lowered(needle, call));
    return negated ? sql`(NOT ${held})` : held;
  };
}

const TEST_ROWS: Record<string, ScalarRow> = {};
for (const [name, apply] of Object.entries(TESTS)) {
  TEST_ROWS[name] = test(apply, false, false);
  TEST_ROWS[`!${name}`] = test(apply, false, true);
  TEST_ROWS[`${name}_cs`] = test(apply, true, false);
  TEST_ROWS[`!${name}_cs`] = test(apply, true, true);
}

function caseless(negated: boolean): ScalarRow {
  return (call) => {
    const [a, b] = call.args as [LoweredArgument, LoweredArgument];
    return negated
      ? sql`(${lowered(a, call)} <> ${lowered(b, call)})`
      : sql`(${lowered(a, call)} = ${lowered(b, call)})`;
  };
}

function hasList(all: boolean): ScalarRow {
  return (call) => {
    const [haystack, ...needles] = call.args;
    const words = needles.flatMap((needle): LoweredArgument[] => {
      if (needle.type !== 'dynamic' || typeof needle.literal !== 'string') return [needle];
      return elementsOf(needle.literal, 'dynamic').map((literal) => ({
        type: 'string',
        literal,
        sql: value('string', literal),
      }));
    });
    if (words.some((word) => word.type === 'dynamic')) return undefined;
    if (words.length === 0) return value('bool', all);
    const held = lowered(haystack!, call);
    const patterns = all ? undefined : anyTermPatterns(words);
    const tests = patterns
      ? patterns.map((pattern) => sql`regexp_matches(${held}, ${value('string', pattern)})`)
      : words.map((word) => sql`kql_has(${held}, ${lowered(word, call)})`);
    return sql`(${list(tests, all ? ' AND ' : ' OR ')})`;
  };
}

/** Characters of terms in one pattern: RE2 takes no program beyond some megabytes. */
const LONGEST_PATTERN = 32_768;

/** Passes over the text for many constant words, in lower case; for a single word a plain search first is faster. */
function anyTermPatterns(words: readonly LoweredArgument[]): string[] | undefined {
  if (words.length < 2) return undefined;
  const texts = words.map(({ literal }) =>
    typeof literal === 'string' && literal !== '' ? literal.toLowerCase() : '',
  );
  if (texts.includes('')) return undefined;
  const patterns: string[] = [];
  for (const before of ['', BEFORE]) {
    for (const behind of ['', BEHIND]) {
      const terms = texts.filter(
        (term) => (before === BEFORE) === OPENS.test(term) && (behind === BEHIND) === CLOSES.test(term),
      );
      for (const some of inPieces(terms.map(escaped))) patterns.push(`${before}(?:${some.join('|')})${behind}`);
    }
  }
  return patterns;
}

function inPieces(terms: readonly string[]): string[][] {
  const pieces: string[][] = [];
  let room = 0;
  for (const term of terms) {
    room -= term.length;
    if (room < 0) {
      pieces.push([]);
      room = LONGEST_PATTERN - term.length;
    }
    pieces.at(-1)!.push(term);
  }
  return pieces;
}

const OPENS = /^[\p{L}\p{N}]/u;
const CLOSES = /[\p{L}\p{N}]$/u;
/** What stands before and behind a term: no letter or digit, where it begins or ends with one itself. */
const BEFORE = '(?:^|[^\\p{L}\\p{N}])';
const BEHIND = '(?:$|[^\\p{L}\\p{N}])';

/** For RE2: every character but letters and digits by its code. */
const escaped = (text: string): string =>
  text.replace(/[^\p{L}\p{N}]/gu, (character) => `\\x{${character.codePointAt(0)!.toString(16)}}`);

const textOnly =
  (build: (args: Sql[]) => Sql): ScalarRow =>
  (call) =>
    build(call.args.map((arg) => text(arg, call)));

/** substring with whole numbers; a start before the text counts from its end. */
const substring: ScalarRow = (call) => {
  const [source, start, length] = call.args as [LoweredArgument, LoweredArgument, LoweredArgument | undefined];
  if ([start, length].some((arg) => arg && arg.type !== 'int' && arg.type !== 'long')) return undefined;
  const held = text(source, call);
  // greatest() and least() pass over nulls.
  const most = (arg: LoweredArgument): Sql => {
    const bounded = sql`greatest(least(CAST(${arg.sql} AS BIGINT), length(${held})), 0)`;
    return arg.literal == null ? sql`CASE WHEN ${arg.sql} IS NOT NULL THEN ${bounded} END` : bounded;
  };
  const part = length
    ? sql`substring(${held}, kql_start(${held}, ${start.sql}), ${most(length)})`
    : sql`substring(${held}, kql_start(${held}, ${start.sql}))`;
  return call.lowering.emptyForNull(part, 'string');
};

/** Text that is a constant and not empty: where an empty one would mean something else to DuckDB. */
const isConstant = (arg: LoweredArgument | undefined): boolean =>
  arg?.type === 'string' && typeof arg.literal === 'string' && arg.literal !== '';

export const STRING_ROWS: Readonly<Record<string, ScalarRow>> = {
  ...TEST_ROWS,
  '=~': caseless(false),
  '!~': caseless(true),
  has_any: hasList(false),
  has_all: hasList(true),
  strlen: textOnly(([s]) => sql`CAST(length(${s!}) AS BIGINT)`),
  string_size: textOnly(([s]) => sql`CAST(strlen(${s!}) AS BIGINT)`),
  tolower: textOnly(([s]) => sql`lower(${s!})`),
  toupper: onceEach(textOnly(([s]) => sql`kql_upper(${s!})`)),
  substring,
  replace_string: (call) =>
    isConstant(call.args[1]) ? textOnly(([s, from, to]) => sql`replace(${s!}, ${from!}, ${to!})`)(call) : undefined,
  indexof: (call) =>
    call.args.length === 2 && isConstant(call.args[1])
      ? castTo(sql`(strpos(${text(call.args[0]!, call)}, ${call.args[1]!.sql}) - 1)`, 'long')
      : undefined,
  split: (call) =>
    call.args.length === 2 && isConstant(call.args[1])
      ? sql`CAST(to_json(string_split(${text(call.args[0]!, call)}, ${call.args[1]!.sql})) AS VARCHAR)`
      : undefined,
  isempty: (call) =>
    call.args[0]!.type === 'string'
      ? sql`(${call.args[0]!.sql} = '')`
      : sql`(coalesce(${text(call.args[0]!, call)}, '') = '')`,
  isnotempty: (call) =>
    call.args[0]!.type === 'string'
      ? sql`(${call.args[0]!.sql} <> '')`
      : sql`(coalesce(${text(call.args[0]!, call)}, '') <> '')`,
  strcat: (call) => sql`concat(${list(call.args.map((arg) => call.lowering.scalarText(arg)))})`,
  strcat_delim: (call) => {
    const [delimiter, ...rest] = call.args.map((arg) => call.lowering.scalarText(arg));
    return sql`concat_ws(${delimiter!}, ${list(rest)})`;
  },
};
