import type { Span } from '../../errors/index.js';
import type { Reader } from './readers.js';
import * as readers from './readers.js';
import { skipTrivia } from './text.js';

/**
 * Grammars of commands, declared with combinators. A rule reads text from a position and captures arguments under
 * names. Rules backtrack fully: `[D] schema` finds out by itself that in `database schema` no name stands. Lists are
 * the exception, they take what they can.
 */
export interface Rule<A extends object> {
  /** Calls `next` for each way to read the text from `position`, until one answers. */
  match(input: Input, position: number, state: State, next: Next): State | undefined;
  /** Carries the type of what is captured; never there at run time. */
  readonly captures?: A;
}

export interface State {
  readonly args: Readonly<Record<string, unknown>>;
  readonly spans: Readonly<Record<string, Span>>;
}

export type Next = (position: number, state: State) => State | undefined;

/** The text that is being read, and how far reading ever came. */
export class Input {
  farthest = 0;
  readonly expected = new Set<string>();

  constructor(readonly text: string) {}

  /** Always undefined, so that a rule can return it. */
  fail(position: number, expected: string): undefined {
    if (position > this.farthest) {
      this.farthest = position;
      this.expected.clear();
    }
    if (position === this.farthest) this.expected.add(expected);
  }
}

/** A string in a rule's place: keywords and punctuation, separated by spaces. */
export type Item = Rule<object> | string;

type ArgsOf<I> = I extends Rule<infer A> ? A : unknown;
type All<I extends readonly unknown[]> = I extends readonly [infer H, ...infer T] ? ArgsOf<H> & All<T> : unknown;
type AsObject<T> = T extends object ? T : object;
type Any<I extends readonly unknown[]> = Partial<AsObject<All<I>>>;

const IS_WORD = /^\w/;
const WORD_CHARACTER = /[\w-]/;

function keyword(word: string): Rule<object> {
  const lower = word.toLowerCase();
  const label = `'${word}'`;
  return {
    match(input, position, state, next) {
      const start = skipTrivia(input.text, position);
      const end = start + word.length;
      const same = input.text.slice(start, end).toLowerCase() === lower;
      if (!same || (IS_WORD.test(word) && WORD_CHARACTER.test(input.text.charAt(end)))) return input.fail(start, label);
      return next(end, state);
    },
  };
}

function ruleOf(item: Item): Rule<object> {
  if (typeof item !== 'string') return item;
  const rules = item.split(' ').map(keyword);
  return rules.length === 1 && rules[0] !== undefined ? rules[0] : chain(rules);
}

function chain(rules: readonly Rule<object>[]): Rule<object> {
  return {
    match(input, position, state, next) {
      const from = (index: number, at: number, so: State): State | undefined => {
        const rule = rules[index];
        return rule === undefined ? next(at, so) : rule.match(input, at, so, (a, s) => from(index + 1, a, s));
      };
      return from(0, position, state);
    },
  };
}

function capture(state: State, name: string, value: unknown, span: Span): State {
  return { args: { ...state.args, [name]: value }, spans: { ...state.spans, [name]: span } };
}

export function seq<const I extends readonly Item[]>(...items: I): Rule<AsObject<All<I>>> {
  return chain(items.map(ruleOf)) as Rule<AsObject<All<I>>>;
}

/** The items, or nothing. */
export function opt<const I extends readonly Item[]>(...items: I): Rule<Any<I>> {
  const rule = chain(items.map(ruleOf));
  return {
    match: (input, position, state, next) => rule.match(input, position, state, next) ?? next(position, state),
  };
}

/** The first of the items that leads to the end. */
export function oneOf<const I extends readonly Item[]>(...items: I): Rule<Any<I>> {
  const rules = items.map(ruleOf);
  return {
    match(input, position, state, next) {
      for (const rule of rules) {
        const found = rule.match(input, position, state, next);
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
}

/** One of these keywords; captured as it is written here. */
export function word<N extends string, const W extends readonly string[]>(
  name: N,
  ...words: W
): Rule<Record<N, W[number]>> {
  const rules = words.map((text) => [text, ruleOf(text)] as const);
  return {
    match(input, position, state, next) {
      const start = skipTrivia(input.text, position);
      for (const [text, rule] of rules) {
        const found = rule.match(input, start, state, (end, so) => next(end, capture(so, name, text, { start, end })));
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
}

/** True when the keyword is there. */
export function flag<N extends string>(name: N, text: string): Rule<Record<N, boolean>> {
  const rule = ruleOf(text);
  return {
    match: (input, position, state, next) =>
      rule.match(input, position, state, (end, so) => next(end, capture(so, name, true, { start: position, end }))) ??
      next(position, { ...state, args: { ...state.args, [name]: false } }),
  };
}

/** Captures what a reader reads. */
export function value<N extends string, V>(name: N, reader: Reader<V>): Rule<Record<N, V>> {
  return {
    match(input, position, state, next) {
      const start = skipTrivia(input.text, position);
      const found = reader.read(input.text, start);
      if (found === undefined) return input.fail(start, reader.label);
      return next(found.end, capture(state, name, found.value, { start, end: found.end }));
    },
  };
}

export const name = <N extends string>(as: N) => value(as, readers.NAME);
export const qualified = <N extends string>(as: N) => value(as, readers.QUALIFIED_NAME);
export const text = <N extends string>(as: N) => value(as, readers.STRING);
export const literal = <N extends string>(as: N) => value(as, readers.LITERAL);
export const type = <N extends string>(as: N) => value(as, readers.TYPE);

/** One or more, separated: `[{…}, …]` of a rule's captures. */
export function list<N extends string, A extends object>(
  as: N,
  element: Rule<A>,
  separator: string | null = ',',
): Rule<Record<N, readonly A[]>> {
  const between = separator === null ? undefined : keyword(separator);
  return {
    match(input, position, state, next) {
      const start = skipTrivia(input.text, position);
      const found: unknown[] = [];
      let end = start;
      let at: number | undefined = start;
      const stop = (position: number, so: State): State => {
        at = position;
        return so;
      };
      const empty: State = { args: {}, spans: {} };
      while (at !== undefined) {
        const from: number = at;
        at = undefined;
        const element_ = element.match(input, from, empty, stop);
        if (element_ === undefined) {
          if (separator !== null || found.length === 0) return undefined;
          break;
        }
        found.push(element_.args);
        end = at ?? from;
        if (between !== undefined) {
          at = undefined;
          between.match(input, end, empty, stop);
        }
      }
      return next(end, capture(state, as, found, { start, end }));
    },
  };
}

/** One or more values, separated by commas. */
export function values<N extends string, V>(as: N, reader: Reader<V>): Rule<Record<N, readonly V[]>> {
  const elements = list(as, value('value', reader));
  return {
    match: (input, position, state, next) =>
      elements.match(input, position, state, (end, so) => {
        const plain = (so.args[as] as readonly { value: V }[]).map((element) => element.value);
        return next(end, { ...so, args: { ...so.args, [as]: plain } });
      }),
  };
}

/** All that is left, unread. */
export function rest<N extends string>(as: N): Rule<Record<N, string>> {
  return {
    match(input, position, state, next) {
      const span = { start: position, end: input.text.length };
      return next(span.end, capture(state, as, input.text.slice(position), span));
    },
  };
}

/** Text that another language takes over, and where it stands in the command. */
export interface Tail {
  readonly text: string;
  readonly offset: number;
}

/** `<|` and a query, to the end. */
export function query<N extends string>(as: N): Rule<Record<N, Tail>> {
  return tail(as, 'a query', true);
}

/** `<|` and data, to the end, untouched. */
export function data<N extends string>(as: N): Rule<Record<N, Tail>> {
  return tail(as, 'data', false);
}

function tail<N extends string>(as: N, label: string, isCode: boolean): Rule<Record<N, Tail>> {
  return {
    match(input, position, state, next) {
      const start = skipTrivia(input.text, position);
      if (!input.text.startsWith('<|', start)) return input.fail(start, "'<|'");
      const offset = isCode ? skipTrivia(input.text, start + 2) : start + 2;
      const end = input.text.length;
      if (offset >= end) return input.fail(end, label);
      const found: Tail = { text: input.text.slice(offset), offset };
      return next(end, capture(state, as, found, { start: offset, end }));
    },
  };
}
