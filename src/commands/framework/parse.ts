import { KustoError, type Span } from '../../errors/index.js';
import type { Command } from './define.js';
import { Input, type State } from './grammar.js';
import { officialCommand } from './official.js';
import { matchAt, skipTrivia, syntax } from './text.js';

export interface ParsedCommand {
  readonly command: Command;
  readonly args: Readonly<Record<string, unknown>>;
  readonly spans: Readonly<Record<string, Span>>;
  /** KQL after a `|`, to run over the command's result, and where it begins. */
  readonly pipe: { readonly text: string; readonly offset: number } | undefined;
}

const MOST_EXPECTATIONS = 12;

/** True for text that is a command: its first character is a dot. */
export function isCommand(text: string): boolean {
  return text[skipTrivia(text, 0)] === '.';
}

/** Where the command's first keyword begins. */
export function verbOf(text: string): { readonly verb: string; readonly start: number } {
  const dot = skipTrivia(text, 0);
  if (text[dot] !== '.') throw syntax('A command begins with a dot.', { start: dot, end: dot + 1 });
  const start = skipTrivia(text, dot + 1);
  return { verb: matchAt(/[A-Za-z][\w-]*/y, text, start)?.toLowerCase() ?? '', start };
}

/** Reads a command with the first grammar that fits. Throws SYN0002, or the reason why the text is no command here. */
export function parseCommand(text: string, commands: readonly Command[]): ParsedCommand {
  const { start } = verbOf(text);
  const input = new Input(text);
  let refusal: KustoError | undefined;
  for (const command of commands) {
    let pipe: number | undefined;
    const toEnd = (position: number, state: State): State | undefined => {
      let end = skipTrivia(text, position);
      if (text[end] === '|') {
        pipe = end + 1;
        return state;
      }
      if (text[end] === ';') end = skipTrivia(text, end + 1);
      if (end < text.length) return input.fail(end, 'the end of the command');
      return state;
    };
    try {
      const found = command.grammar.match(input, start, { args: {}, spans: {} }, toEnd);
      if (found === undefined) continue;
      return { command, ...found, pipe: pipe === undefined ? undefined : { text: text.slice(pipe), offset: pipe } };
    } catch (error) {
      if (!(error instanceof KustoError)) throw error;
      if ((error.span?.start ?? 0) > (refusal?.span?.start ?? -1)) refusal = error;
    }
  }
  throw explain(text, start, input, refusal);
}

function explain(text: string, start: number, input: Input, refusal: KustoError | undefined): KustoError {
  if (refusal !== undefined && (refusal.span?.start ?? 0) >= input.farthest) return refusal;
  const official = officialCommand(text, start);
  if (official !== undefined && official.end > input.farthest) {
    return new KustoError('CAL0100', `The command '.${official.name}' is not available in Calypso.`, {
      span: { start, end: official.end },
    });
  }
  const { farthest } = input;
  const span = { start: farthest, end: farthest + wordAt(text, farthest).length };
  const found = describe(text, farthest);
  if (farthest === start) {
    return new KustoError('CAL0101', `There is no command that begins with ${found}.`, { span });
  }
  const expected = [...input.expected].filter((label) => label !== 'the end of the command');
  const told = expected.slice(0, MOST_EXPECTATIONS).join(', ') + (expected.length > MOST_EXPECTATIONS ? ', …' : '');
  const wanted = told === '' ? 'the end of the command' : expected.length === 1 ? told : `one of ${told}`;
  return syntax(`Expected ${wanted}, found ${found}.`, span);
}

function wordAt(text: string, position: number): string {
  return matchAt(/[\w-]+|[^\s]/y, text, position) ?? '';
}

/** Names what stands at a position. Never quotes a literal: it may be a secret. */
function describe(text: string, position: number): string {
  if (position >= text.length) return 'the end of the command';
  if (matchAt(/[hH]?@?['"]|[hH]?(?:```|~~~)/y, text, position) !== undefined) return 'a string literal';
  return `'${wordAt(text, position)}'`;
}
