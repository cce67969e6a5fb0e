import { use, type Assignment, type Column, type Join, type Relation, type Scalar } from '../../plan/index.js';
import { argumentsOf, call } from '../calls-to.js';
import type { SyntaxNode } from '../parser.js';
import { kindOf, nameOf, part, textOf } from '../syntax.js';

/** Small parts of a graph pattern's plan, and what an expression in it reads. */

export const asArray = (node: SyntaxNode, id: Column): Scalar =>
  id.type === 'dynamic' ? use(id) : call(node, 'pack_array', [use(id)], 'dynamic');

export const projected = (input: Relation, items: readonly Assignment[]): Relation => ({
  kind: 'project',
  input,
  items,
  columns: items.map((item) => item.column),
});

export function pairs<T>(all: readonly T[]): [T, T][] {
  return all.flatMap((a, i) => all.slice(i + 1).map((b): [T, T] => [a, b]));
}

export const filtered = (input: Relation, predicate: Scalar): Relation => ({
  kind: 'filter',
  input,
  predicate,
  columns: input.columns,
});

export function join(left: Relation, right: Relation, on: Join['on']): Relation {
  const columns = [...left.columns, ...right.columns];
  return { kind: 'join', joinKind: on.length > 0 ? 'inner' : 'cross', left, right, on, sources: columns, columns };
}

export function conjuncts(node: SyntaxNode): SyntaxNode[] {
  if (kindOf(node) === 'ParenthesizedExpression') return conjuncts(part(node, 'Expression'));
  if (kindOf(node) === 'BinaryExpression' && textOf(part(node, 'Operator')) === 'and') {
    return [...conjuncts(part(node, 'Left')), ...conjuncts(part(node, 'Right'))];
  }
  return [node];
}

const OVER_PATHS = new Set(['map', 'all', 'any']);

export function usesPath(node: SyntaxNode): boolean {
  if (kindOf(node) === 'FunctionCallExpression' && OVER_PATHS.has(nameOf(part(node, 'Name')))) return true;
  for (let i = 0; i < node.ChildCount; i++) {
    const child = node.GetChild(i);
    if (child && usesPath(child)) return true;
  }
  return false;
}

/** True when an expression reads `name.property`, outside of functions over the edges of a path. */
export function usesProperty(node: SyntaxNode, name: string): boolean {
  if (kindOf(node) === 'FunctionCallExpression' && OVER_PATHS.has(nameOf(part(node, 'Name')))) {
    return argumentsOf(node)
      .slice(1)
      .some((argument) => usesProperty(argument, name));
  }
  if (kindOf(node) === 'PathExpression') {
    const base = part(node, 'Expression');
    if (kindOf(base) === 'NameReference' && nameOf(base) === name) return true;
  }
  for (let i = 0; i < node.ChildCount; i++) {
    const child = node.GetChild(i);
    if (child && usesProperty(child, name)) return true;
  }
  return false;
}
