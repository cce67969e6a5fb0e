import { KustoError, type Span } from '../../errors/index.js';
import { list, opt, seq, value, type Rule, type State } from './grammar.js';
import * as readers from './readers.js';
import { readString, skipTrivia, syntax, type Read } from './text.js';

/** Types that a property may be declared with, and what the handler gets. `word` is bare or a string. */
interface PropertyValues {
  readonly string: string;
  readonly word: string;
  readonly bool: boolean;
  readonly long: bigint;
  readonly real: number;
  readonly timespan: bigint;
  readonly datetime: bigint;
  readonly guid: string;
}

export type PropertyType = keyof PropertyValues;
export type PropertyTypes = Readonly<Record<string, PropertyType>>;
export type Properties<P extends PropertyTypes> = { readonly [N in keyof P]?: PropertyValues[P[N]] };

const fromString = <V>(reader: readers.Reader<V>): readers.Reader<V> => ({
  label: reader.label,
  read(text, position) {
    const direct = reader.read(text, position);
    if (direct !== undefined) return direct;
    const string = readString(text, position);
    if (string === undefined) return undefined;
    const inner = reader.read(string.value.value, 0);
    return inner?.end === string.value.value.length ? { value: inner.value, end: string.end } : undefined;
  },
});

const WORD: readers.Reader<string> = {
  label: 'a word or a string literal',
  read: (text, position) =>
    readers.STRING.read(text, position) ?? readers.GUID_VALUE.read(text, position) ?? readers.BARE.read(text, position),
};

const READERS: { readonly [T in PropertyType]: readers.Reader<PropertyValues[T]> } = {
  string: WORD,
  word: WORD,
  bool: fromString(readers.BOOLEAN),
  long: fromString(readers.LONG_VALUE),
  real: fromString(readers.REAL_VALUE),
  timespan: readers.TIMESPAN,
  datetime: readers.DATETIME,
  guid: fromString(readers.GUID_VALUE),
};

/** Anything that can be a property's value: to tell a wrong type from a syntax error. */
const ANY_VALUE = /(?:-?[\w.:-]+(?:\s*\([^)]*\))?)/y;

/**
 * `with (name = value, …)`, or nothing. Names are matched without case, unknown ones are refused, as is a name that
 * comes twice. Captured as `properties`, by the declared spelling; spans as `properties.<name>`. The old form
 * `with '{"name":"value"}'` means the same.
 */
export function properties<const P extends PropertyTypes>(types: P): Rule<{ readonly properties: Properties<P> }> {
  const spelling = new Map(Object.keys(types).map((name) => [name.toLowerCase(), name]));

  function declared(name: string, span: Span): string {
    const found = spelling.get(name.toLowerCase());
    if (found !== undefined) return found;
    const known = Object.keys(types);
    throw new KustoError(
      'BadRequest_UnknownProperty',
      `'${name}' is not a property of this command. ${known.length === 0 ? 'It has none.' : `Its properties are: ${known.join(', ')}.`}`,
      { span },
    );
  }

  function readValue(text: string, name: string, start: number): Read<unknown> {
    const reader = READERS[types[name] ?? 'string'];
    const found = reader.read(text, start);
    if (found !== undefined) return found;
    ANY_VALUE.lastIndex = start;
    const string = readString(text, start);
    const wrong = string === undefined ? ANY_VALUE.exec(text)?.[0] : undefined;
    const end = string?.end ?? start + (wrong?.length ?? 1);
    throw new KustoError('BadRequest_InvalidPropertyValue', `The property '${name}' takes ${reader.label}.`, {
      span: { start, end },
    });
  }

  return {
    match(input, position, state, next) {
      const { text } = input;
      const start = skipTrivia(text, position);
      const none = (): State | undefined => next(position, { ...state, args: { ...state.args, properties: {} } });
      if (!/^with(?![\w-])/i.test(text.slice(start, start + 5))) {
        input.fail(start, "'with'");
        return none();
      }
      let at = skipTrivia(text, start + 4);
      const found: Record<string, unknown> = {};
      const spans: Record<string, Span> = {};
      const json = readString(text, at);
      if (json !== undefined) {
        for (const [name, value] of jsonProperties(json.value.value, json.value.span)) {
          const known = declared(name, json.value.span);
          const source = typeof value === 'string' ? value : JSON.stringify(value);
          found[known] = readJsonValue(source, known, json.value.span);
          spans[`properties.${known}`] = json.value.span;
        }
        return next(json.end, { args: { ...state.args, properties: found }, spans: { ...state.spans, ...spans } });
      }
      if (text[at] !== '(') return input.fail(at, "'('");
      at = skipTrivia(text, at + 1);
      while (text[at] !== ')') {
        const name = readers.NAME.read(text, at) ?? readers.STRING.read(text, at);
        if (name === undefined) return input.fail(at, 'the name of a property');
        const known = declared(name.value, { start: at, end: name.end });
        if (known in found) {
          throw syntax(`The property '${known}' is given twice.`, { start: at, end: name.end });
        }
        const equals = skipTrivia(text, name.end);
        if (text[equals] !== '=') return input.fail(equals, "'='");
        const from = skipTrivia(text, equals + 1);
        if (from >= text.length) return input.fail(from, 'a value');
        const value = readValue(text, known, from);
        found[known] = value.value;
        spans[`properties.${known}`] = { start: from, end: value.end };
        at = skipTrivia(text, value.end);
        if (text[at] === ',') at = skipTrivia(text, at + 1);
        else if (text[at] !== ')') {
          input.fail(at, "','");
          return input.fail(at, "')'");
        }
      }
      return next(at + 1, { args: { ...state.args, properties: found }, spans: { ...state.spans, ...spans } });
    },
  };

  function readJsonValue(source: string, name: string, span: Span): unknown {
    const type = types[name] ?? 'string';
    if (type === 'string' || type === 'word') return source;
    const quoted = `'${source.replace(/[\\']/g, '\\$&')}'`;
    const value = READERS[type].read(quoted, 0);
    if (value !== undefined) return value.value;
    throw new KustoError('BadRequest_InvalidPropertyValue', `The property '${name}' takes ${READERS[type].label}.`, {
      span,
    });
  }
}

function jsonProperties(text: string, span: Span): readonly (readonly [string, unknown])[] {
  try {
    const bag: unknown = JSON.parse(text);
    if (bag !== null && typeof bag === 'object' && !Array.isArray(bag)) return Object.entries(bag);
  } catch {
    // Told below, in the same words as for any other text that is not an object.
  }
  throw syntax('The properties must be a JSON object.', span);
}

const SCALAR: readers.Reader<string | number | boolean> = {
  label: 'a value',
  read: (text, position) =>
    readers.STRING.read(text, position) ??
    readers.BOOLEAN.read(text, position) ??
    readers.REAL_VALUE.read(text, position) ??
    readers.BARE.read(text, position),
};

/** `with (name = value, …)` whose names another room knows and checks. */
export function openProperties(): Rule<{ readonly properties: Readonly<Record<string, string | number | boolean>> }> {
  const pairs = opt('with (', list('pairs', seq(value('name', readers.NAME), '=', value('value', SCALAR))), ')');
  return {
    match: (input, position, state, next) =>
      pairs.match(input, position, state, (end, so) => {
        const { pairs: found = [], ...args } = so.args as { pairs?: readonly { name: string; value: unknown }[] };
        const given = new Map<string, unknown>();
        for (const { name, value } of found) {
          if (given.has(name))
            throw syntax(`The property '${name}' is given twice.`, so.spans['pairs'] ?? { start: end, end });
          given.set(name, value);
        }
        return next(end, { ...so, args: { ...args, properties: Object.fromEntries(given) } });
      }),
  };
}
