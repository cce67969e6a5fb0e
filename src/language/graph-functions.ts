import { KustoError } from '../errors/index.js';
import { literal, use, type Scalar } from '../plan/index.js';
import { argumentsOf, call } from './calls-to.js';
import type { NodeFacts, Scope } from './context.js';
import type { SyntaxNode } from './parser.js';
import { kindOf, nameOf, part, spanOf, textOf, unsupported } from './syntax.js';

/** The name under which a graph function finds the node at hand: one inner node of a path. */
export const NODE_AT_HAND = '$node';

/** Functions inside graph-match and graph-shortest-paths. */
export const GRAPH_FUNCTIONS: Readonly<Record<string, (node: SyntaxNode, scope: Scope) => Scalar>> = {
  map: (node, scope) => overPath(node, scope),
  all: (node, scope) => tested(node, overPath(node, scope), false, '=='),
  any: (node, scope) => tested(node, overPath(node, scope), true, '!='),
  node_id: (node, scope) => call(node, 'tostring', [use(nodeOf(node, scope).key)], 'string'),
  node_degree_in: (node, scope) => nodeOf(node, scope).degree('in'),
  node_degree_out: (node, scope) => nodeOf(node, scope).degree('out'),
  inner_nodes: (node) => {
    throw new KustoError('SEM0001', 'inner_nodes() is the first argument of all(), any() or map(), and no value.', {
      span: spanOf(node),
    });
  },
  labels: (node, scope) => {
    const [element] = argumentsOf(node);
    const kind = scope.lookup(element ? nameOf(element) : NODE_AT_HAND)?.kind;
    if (element && kind !== 'row' && kind !== 'path') throw unsupported(node, `labels() of '${textOf(element)}'`);
    // Labels come from graph models: a graph of make-graph has none (reference: labels page).
    return literal('dynamic', '[]');
  },
};

/** `inner_nodes(e)`: the edge's name and that its inner nodes are meant. */
export function pathOf(node: SyntaxNode): { readonly name: string; readonly of: 'edges' | 'nodes' } | undefined {
  if (kindOf(node) === 'NameReference') return { name: nameOf(node), of: 'edges' };
  if (kindOf(node) !== 'FunctionCallExpression' || nameOf(part(node, 'Name')) !== 'inner_nodes') return undefined;
  const [edge] = argumentsOf(node);
  return edge && kindOf(edge) === 'NameReference' ? { name: nameOf(edge), of: 'nodes' } : undefined;
}

function overPath(node: SyntaxNode, scope: Scope): Scalar {
  const [first, expression] = argumentsOf(node);
  const path = first && pathOf(first);
  const binding = path && scope.lookup(path.name);
  if (binding?.kind !== 'path' || !expression) {
    throw unsupported(node, `${nameOf(part(node, 'Name'))}() of anything but an edge of variable length`);
  }
  return binding[path!.of](expression);
}

/** Whether an array has this value in it, or has not. */
const tested = (node: SyntaxNode, tests: Scalar, value: boolean, comparison: '==' | '!='): Scalar => {
  const at = call(node, 'array_index_of', [tests, literal('bool', value)], 'long');
  return call(node, comparison, [at, literal('long', -1n)], 'bool');
};

function nodeOf(node: SyntaxNode, scope: Scope): NodeFacts {
  const [given] = argumentsOf(node);
  const binding = scope.lookup(given ? nameOf(given) : NODE_AT_HAND);
  if (binding?.kind !== 'row' || !binding.node) {
    throw unsupported(node, `'${textOf(node)}', which names no node of the pattern,`);
  }
  return binding.node;
}
