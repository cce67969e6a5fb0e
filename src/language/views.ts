import { bracketed, tablesMatching, wildcard, type Schema } from './schema.js';
import { items, kindOf, maybe, nameOf, part, textOf } from './syntax.js';
import type { SyntaxNode } from './parser.js';
import { TextNeeded } from './text-needed.js';

/** Text of a table without columns and rows, in the place of one that does not exist. */
export const NOTHING = '(range nothing from 1 to 0 step 1 | project-away nothing)';

/**
 * Wildcards and `search` without `in (…)` mean the views too that `let` declares. The official binder counts tables
 * only, and complains of what it does not find, so they are written out before it is listened to.
 *
 * @throws TextNeeded at the first place where views, or nothing at all with isfuzzy, must be written
 */
export function writeOutViews(root: SyntaxNode, text: string, schema: Schema): void {
  // What the query is restricted to is known when it is bound, not before.
  if (!/\bview\b|\bisfuzzy\b/.test(text) || /\brestrict\b/.test(text)) return;
  visit(root, { views: viewsOf(root), schema });
}

interface Declared {
  readonly views: readonly string[];
  readonly schema: Schema;
}

function viewsOf(root: SyntaxNode): string[] {
  return items(root, 'Statements').flatMap((statement) => {
    if (kindOf(statement) !== 'LetStatement') return [];
    const value = part(statement, 'Expression');
    const isView = kindOf(value) === 'FunctionDeclaration' && maybe(value, 'ViewKeyword') !== undefined;
    return isView ? [nameOf(part(statement, 'Name'))] : [];
  });
}

function visit(node: SyntaxNode, declared: Declared): void {
  const kind = kindOf(node);
  if (kind === 'UnionOperator') ofUnion(node, declared);
  if (kind === 'SearchOperator') ofSearch(node, declared);
  for (let i = 0; i < node.ChildCount; i++) {
    const child = node.GetChild(i);
    if (child) visit(child, declared);
  }
}

function ofUnion(node: SyntaxNode, { views, schema }: Declared): void {
  const isFuzzy = items(node, 'Parameters').some((parameter) => /^isfuzzy\s*=\s*true$/.test(textOf(parameter)));
  for (const member of items(node, 'Expressions')) {
    const pattern = textOf(member);
    if (kindOf(member) !== 'NameReference' || !pattern.includes('*')) continue;
    const tables = tablesMatching(schema, pattern);
    const matching = views.filter((name) => wildcard(pattern).test(name));
    if (matching.length === 0 && (tables.length > 0 || !isFuzzy)) continue;
    const written = matching.length === 0 ? NOTHING : [...tables, ...matching].map(bracketed).join(', ');
    throw new TextNeeded(member.TextStart, () => written, undefined, member.End);
  }
}

function ofSearch(node: SyntaxNode, { views, schema }: Declared): void {
  if (views.length === 0 || maybe(node, 'InClause') || isPiped(node)) return;
  const written = `in (${[...tablesMatching(schema, '*'), ...views].map(bracketed).join(', ')}) `;
  throw new TextNeeded(part(node, 'Condition').TextStart, () => written);
}

function isPiped(node: SyntaxNode): boolean {
  const parent = maybe(node, 'Parent');
  return parent !== undefined && kindOf(parent) === 'PipeExpression' && part(parent, 'Operator') === node;
}
