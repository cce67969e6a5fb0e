import { OFFICIAL_HEADS } from './official-heads.js';
import { WILDCARD } from './readers.js';
import { skipTrivia } from './text.js';

interface Node {
  readonly next: Map<string, Node>;
  ends: boolean;
}

const ROOT = OFFICIAL_HEADS.trim()
  .split('\n')
  .reduce((root, line) => {
    const [prefix = '', last = ''] = line.split(':');
    const words = prefix.split(' ').filter((word) => word !== '');
    for (const word of last.trim().split(' ')) insert(root, [...words, word]);
    return root;
  }, node());

function node(): Node {
  return { next: new Map(), ends: false };
}

function insert(root: Node, words: readonly string[]): void {
  let at = root;
  for (const word of words) {
    const next = at.next.get(word) ?? node();
    at.next.set(word, next);
    at = next;
  }
  at.ends = true;
}

/** The reference's command with the most leading keywords that stand here, and where they end. */
export function officialCommand(
  text: string,
  position: number,
): { readonly name: string; readonly end: number } | undefined {
  let best: { readonly name: string; readonly end: number } | undefined;
  const walk = (at: Node, from: number, words: readonly string[]): void => {
    if (at.ends && from > (best?.end ?? 0)) best = { name: words.join(' '), end: from };
    const start = skipTrivia(text, from);
    for (const [word, next] of at.next) {
      const end = word === '*' ? WILDCARD.read(text, start)?.end : wordEnd(text, start, word);
      if (end !== undefined) walk(next, end, [...words, word === '*' ? '…' : word]);
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
