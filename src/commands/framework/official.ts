import { OFFICIAL_HEADS } from './official-heads.js';
import { KustoError } from '../../errors/index.js';
import { PARENTHESES, WILDCARD } from './readers.js';
import { skipTrivia } from './text.js';

/** Keywords that may follow. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- a type alias cannot be recursive
interface Node extends Map<string, Node> {}

const ROOT: Node = new Map();
for (const line of OFFICIAL_HEADS.trim().split('\n')) {
  const [prefix = '', last = ''] = line.split(':');
  const words = prefix.split(' ').filter((word) => word !== '');
  for (const word of last.trim().split(' ')) insert([...words, word]);
}

function insert(words: readonly string[]): void {
  let at = ROOT;
  for (const word of words) {
    const next: Node = at.get(word) ?? new Map();
    at.set(word, next);
    at = next;
  }
}

/**
 * What the reference knows of the text: the leading keywords of one of its commands, as far as they stand here, and
 * where they end. The longest such reading; undefined when not even the first keyword is known.
 */
export function officialCommand(
  text: string,
  position: number,
): { readonly name: string; readonly end: number } | undefined {
  let best: { readonly name: string; readonly end: number } | undefined;
  const walk = (at: Node, from: number, words: readonly string[]): void => {
    if (words.length > 0 && from > (best?.end ?? 0)) best = { name: words.join(' '), end: from };
    const start = skipTrivia(text, from);
    for (const [word, next] of at) {
      const end = word === '*' || word === '()' ? targetEnd(text, start, word) : wordEnd(text, start, word);
      if (end !== undefined) walk(next, end, [...words, word.replace('*', '…').replace('()', '(…)')]);
    }
  };
  walk(ROOT, position, []);
  return best;
}

function wordEnd(text: string, start: number, word: string): number | undefined {
  const end = start + word.length;
  const same = text.slice(start, end).toLowerCase() === word;
  return same && !/[\w-]/.test(text.charAt(end)) ? end : undefined;
}

/** The end of a name, which may be dotted, or of a list in parentheses. */
function targetEnd(text: string, start: number, target: '*' | '()'): number | undefined {
  try {
    if (target === '()') return PARENTHESES.read(text, start)?.end;
    let end = WILDCARD.read(text, start)?.end;
    while (end !== undefined && text[end] === '.') end = WILDCARD.read(text, end + 1)?.end;
    return end;
  } catch (error) {
    if (error instanceof KustoError) return undefined;
    throw error;
  }
}
