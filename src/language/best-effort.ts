import type { SyntaxNode } from './parser.js';
import { items, kindOf, maybe, nameOf, part, textOf } from './syntax.js';
import { TextNeeded } from './text-needed.js';

const FUZZY_KEYWORDS: Readonly<Record<string, string>> = {
  UnionOperator: 'UnionKeyword',
  MacroExpandOperator: 'MacroExpandKeyword',
};

/** With `best_effort`, unions and macro-expand take what there is: the text says so, for the binder to know. */
export function completeBestEffort(root: SyntaxNode, text: string, option: unknown): void {
  if (option !== true && !(text.includes('best_effort') && items(root, 'Statements').some(setsIt))) return;
  const visit = (node: SyntaxNode): void => {
    const keyword = FUZZY_KEYWORDS[kindOf(node)];
    if (keyword && items(node, 'Parameters').every((parameter) => nameOf(part(parameter, 'Name')) !== 'isfuzzy')) {
      throw new TextNeeded(part(node, keyword).End, () => ' isfuzzy=true');
    }
    for (let i = 0; i < node.ChildCount; i++) {
      const child = node.GetChild(i);
      if (child) visit(child);
    }
  };
  visit(root);
}

function setsIt(statement: SyntaxNode): boolean {
  if (kindOf(statement) !== 'SetOptionStatement' || nameOf(part(statement, 'Name')) !== 'best_effort') return false;
  const clause = maybe(statement, 'ValueClause');
  return !clause || textOf(part(clause, 'Expression')) === 'true';
}
