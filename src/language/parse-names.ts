import type { SyntaxNode } from './parser.js';
import { bracketed } from './schema.js';
import { elements, kindOf, maybe, nameOf, part, resultColumns, textOf } from './syntax.js';
import { TextNeeded } from './text-needed.js';

/**
 * A column that `parse` finds anew is replaced; the binder has two of the name from there on, and takes the old one. So
 * the text gets other names first, and their own after it.
 */
export function completeParses(root: SyntaxNode, text: string): void {
  if (!/\bparse(-where)?\s/.test(text)) return;
  const visit = (node: SyntaxNode): void => {
    for (let i = 0; i < node.ChildCount; i++) {
      const child = node.GetChild(i);
      if (child) visit(child);
    }
    const kind = kindOf(node);
    if (kind === 'ParseOperator' || kind === 'ParseWhereOperator') complete(node);
  };
  visit(root);
}

function complete(node: SyntaxNode): void {
  const pipe = maybe(node, 'Parent');
  if (!pipe || kindOf(pipe) !== 'PipeExpression') return;
  const before = resultColumns(part(pipe, 'Expression')).map((column) => column.name);
  const targets = elements(part(node, 'Patterns'))
    .map((element) => (kindOf(element) === 'NameAndTypeDeclaration' ? part(element, 'Name') : element))
    .filter((element) => kindOf(element) === 'NameDeclaration');
  const taken = targets.filter((target) => before.includes(nameOf(target)));
  if (taken.length === 0) return;
  const replaced = new Set(taken.map(nameOf));
  const other = (name: string): string => bracketed(`$parsed ${name}`);
  const { TextStart } = node;
  const text = taken.reduceRight(
    (whole, place) =>
      whole.slice(0, place.TextStart - TextStart) + other(nameOf(place)) + whole.slice(place.End - TextStart),
    textOf(node),
  );
  const columns = [...new Set([...before, ...targets.map(nameOf)])].map((name) =>
    replaced.has(name) ? `${bracketed(name)} = ${other(name)}` : bracketed(name),
  );
  throw new TextNeeded(TextStart, () => `${text} | project ${columns.join(', ')}`, undefined, node.End);
}
