import { asciiRe2, scalarFunction } from '../../../../functions/index.js';
import type { LoweredArgument, LoweredCall, ScalarRow } from '../../../dialect.js';
import { sql, value, type Sql } from '../../../tree.js';
import { convertedText } from './conversions.js';
import { text } from './strings.js';

/**
 * Regular expressions. On text of ASCII characters, DuckDB's engine (RE2) answers simple constant patterns as the
 * reference's does, many times faster; every other text goes to the function (functions/regex.ts).
 */
function onAscii(
  source: number,
  pattern: number,
  wrap: (pattern: string) => string,
  build: (source: Sql, pattern: Sql) => Sql,
): (call: LoweredCall) => Sql | undefined {
  return (call) => {
    const held = call.args[pattern]!;
    if (held.type !== 'string' || typeof held.literal !== 'string') return undefined;
    const simple = asciiRe2(held.literal);
    if (simple === undefined) return undefined;
    const haystack = text(call.args[source]!, call);
    const asText = {
      ...call,
      args: call.args.map((arg, i): LoweredArgument =>
        i === source ? { sql: haystack, type: 'string', literal: undefined } : arg,
      ),
    };
    const slow = call.lowering.viaFunction(scalarFunction(call.name)!, asText);
    return sql`CASE WHEN strlen(${haystack}) = length(${haystack}) THEN ${build(haystack, value('string', wrap(simple)))} ELSE ${slow} END`;
  };
}

const replaceRow =
  (source: number, pattern: number, rewrite: number): ScalarRow =>
  (call) => {
    const replacement = call.args[rewrite]!.literal;
    // RE2 knows \0 to \9 as well, and no other escape.
    if (typeof replacement !== 'string' || /\\[^0-9]|\\$/.test(replacement)) return undefined;
    return onAscii(
      source,
      pattern,
      (p) => p,
      (s, p) => sql`regexp_replace(${s}, ${p}, ${value('string', replacement)}, 'g')`,
    )(call);
  };

const extract: ScalarRow = (call) => {
  const group = call.args[1]!.literal;
  // What is found is converted to the type that the query asks for.
  if (call.type === 'dynamic') return undefined;
  if (call.type !== 'string') {
    const found = extract({ ...call, type: 'string', args: call.args.slice(0, 3) });
    return found && convertedText(found, call.type, call);
  }
  const number = Number(group ?? -1);
  const pattern = call.args[0]!.literal;
  const groups = typeof pattern === 'string' ? (pattern.replace(/\\./g, '').match(/\((?!\?)/g) ?? []).length : 0;
  if (!(number >= 0 && number <= Math.min(groups, 9))) return undefined;
  return onAscii(
    2,
    0,
    (p) => p,
    (s, p) => sql`regexp_extract(${s}, ${p}, ${value('int', number)})`,
  )(call);
};

export const REGEX_ROWS: Readonly<Record<string, ScalarRow>> = {
  'matches regex': onAscii(
    0,
    1,
    (p) => p,
    (s, p) => sql`regexp_matches(${s}, ${p})`,
  ),
  extract,
  replace_regex: replaceRow(0, 1, 2),
  replace: replaceRow(2, 0, 1),
  trim_start: onAscii(
    1,
    0,
    (p) => `^(?:${p})`,
    (s, p) => sql`regexp_replace(${s}, ${p}, '')`,
  ),
  trim_end: onAscii(
    1,
    0,
    (p) => `(?:${p})$`,
    (s, p) => sql`regexp_replace(${s}, ${p}, '')`,
  ),
};
