import type { SyntaxNode } from '../parser.js';
import { items, nameOf, part, textOf } from '../syntax.js';
import { decodeString } from '../literals.js';

/** `kind=inner`, `withsource=T`, `hint.x=y`: text of each parameter of an operator, by name. */
export function parametersOf(node: SyntaxNode): ReadonlyMap<string, string> {
  return new Map(
    items(node, 'Parameters').map((parameter) => {
      const text = textOf(part(parameter, 'Expression'));
      return [nameOf(part(parameter, 'Name')), /^@?["']/.test(text) ? decodeString(text) : unbracketed(text)];
    }),
  );
}

const unbracketed = (text: string): string => /^\[(['"])(.*)\1\]$/s.exec(text)?.[2] ?? text;
