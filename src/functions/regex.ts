import { RRegex } from 'rregex';
import { KustoError } from '../errors/index.js';

/**
 * Regular expressions. The reference engine's dialect is Rust's regex crate (regex page of the reference: `\d` is
 * `\p{Nd}`, class set operations, `(?x)`, …), so the crate itself is used, compiled to WebAssembly. It runs in linear
 * time: a pattern from outside cannot hang the process, as a JavaScript RegExp can.
 */
export class Regex {
  /** Same expression with every group named `g<number>`: the binding drops groups that took no part, unless named. */
  private grouped: RRegex | undefined;
  readonly groupCount: number;

  private constructor(
    readonly pattern: string,
    private readonly plain: RRegex,
  ) {
    this.groupCount = plain.capturesLength() - 1;
  }

  private static readonly cache = new Map<string, Regex>();

  /** Compiles, and remembers. KustoError SEM0001 when the pattern is none. */
  static of(pattern: string): Regex {
    const known = Regex.cache.get(pattern);
    if (known) return known;
    const made = Regex.compile(pattern);
    // Patterns may come from rows: keep the memory bounded, and give the compiled ones back.
    if (Regex.cache.size >= 200) {
      const [oldest, held] = Regex.cache.entries().next().value!;
      Regex.cache.delete(oldest);
      held.plain.free();
      held.grouped?.free();
    }
    Regex.cache.set(pattern, made);
    return made;
  }

  private static compile(pattern: string): Regex {
    try {
      return new Regex(pattern, new RRegex(pattern));
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message.split('\n').at(-1)! : '';
      throw new KustoError(
        'SEM0001',
        `'${pattern}' is not a valid regular expression: ${reason.replace(/^error: /, '')}.`,
      );
    }
  }

  test(text: string): boolean {
    return this.plain.isMatch(text);
  }

  /** Text of all matches, not overlapping. */
  matches(text: string): string[] {
    return this.plain.findAll(text).map((match) => match.value);
  }

  count(text: string): number {
    return this.plain.findAll(text).length;
  }

  /** Text of the first match and of its groups (empty when a group took no part); undefined when there is none. */
  exec(text: string): string[] | undefined {
    const found = this.withGroups().captures(text);
    return found && this.groupsOf(found);
  }

  execAll(text: string): string[][] {
    return this.withGroups()
      .capturesAll(text)
      .map((found) => this.groupsOf(found));
  }

  /** Start (in UTF-16 units) and length of every match. */
  positions(text: string): { readonly start: number; readonly length: number }[] {
    const bytes = Buffer.from(text);
    let at = 0;
    let units = 0;
    return this.plain.findAll(text).map((match) => {
      units += bytes.toString('utf8', at, match.start).length;
      at = match.start;
      return { start: units, length: match.value.length };
    });
  }

  /** Replaces every match; `\1` is a group and `\0` the match, as in the reference. */
  replaceAll(text: string, replacement: string): string {
    const rewrite = replacement.replace(/\\(\d)|\\(\\)|\$/g, (token, group?: string) =>
      group !== undefined ? `\${${group}}` : token === '$' ? '$$' : token,
    );
    return this.plain.replaceAll(text, rewrite);
  }

  /** Replaces the first match by fixed text. */
  replaceFirst(text: string, replacement: string): string {
    return this.plain.replace(text, replacement.replaceAll('$', '$$'));
  }

  /** Numbers of the named groups. */
  groupNames(): Map<string, number> {
    const names = this.plain.captureNames();
    return new Map(names.flatMap((name, i) => (name === null ? [] : [[name, i] as const])));
  }

  private withGroups(): RRegex {
    this.grouped ??= new RRegex(nameGroups(this.pattern));
    return this.grouped;
  }

  private groupsOf(found: { get: readonly { value: string }[]; name: Record<string, { value: string }> }): string[] {
    const groups = [found.get[0]!.value];
    for (let i = 1; i <= this.groupCount; i++) groups.push(found.name[`g${i}`]?.value ?? '');
    return groups;
  }
}

/** Gives every capturing group the name `g<number>`. Knows escapes and (nested) character classes. */
function nameGroups(pattern: string): string {
  let out = '';
  let group = 0;
  let depth = 0;
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern[i]!;
    if (character === '\\') {
      out += pattern.slice(i, i + 2);
      i++;
      continue;
    }
    if (character === '[') {
      // A class may begin with `]` or `^]` as a literal.
      const start = /^\[\^?\]?/.exec(pattern.slice(i))![0];
      depth++;
      out += start;
      i += start.length - 1;
      continue;
    }
    if (character === ']' && depth > 0) depth--;
    const opening =
      character === '(' && depth === 0 ? /^\((?:\?P?<[^>=!]+>|(?!\?))/.exec(pattern.slice(i))?.[0] : undefined;
    if (opening === undefined) {
      out += character;
    } else {
      out += `(?P<g${++group}>`;
      i += opening.length - 1;
    }
  }
  return out;
}

/** Text as a pattern that matches exactly it. */
export function quoteRegex(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$#&\-~]/g, '\\$&');
}

const RE2_TOKENS =
  /\\[dwDW]|\\s|\\[ntrf.+*?()|[\]{}^$\\/-]|\[\^?(?:\\[dw.+*?()|[\]{}^$\\/-]|\\s|[^\]\[\\&~-]|(?<![&~-])-(?![&~-]))+\]|\(\?:|\(\?i\)|\((?!\?)|[^\\[\]({&~]|\{\d+(?:,\d*)?\}/gy;

/**
 * The same pattern for RE2 (DuckDB), for text of ASCII characters only, where the two agree; undefined when the pattern
 * uses more than what is known to agree.
 */
export function asciiRe2(pattern: string): string | undefined {
  RE2_TOKENS.lastIndex = 0;
  let out = '';
  while (RE2_TOKENS.lastIndex < pattern.length) {
    const token = RE2_TOKENS.exec(pattern)?.[0];
    if (token === undefined) return undefined;
    // Rust's \s has the vertical tab, RE2's has not.
    out += token === '\\s' ? '[\\t-\\r ]' : token.replaceAll('\\s', '\\t-\\r ');
  }
  try {
    return Regex.of(pattern) && out;
  } catch {
    return undefined;
  }
}
