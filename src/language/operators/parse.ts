import { KustoError } from '../../errors/index.js';
import { literal, type Assignment, type Scalar } from '../../plan/index.js';
import { bindScalar, type OperatorBinder, type Scope, type Table } from '../context.js';
import { call } from '../calls-to.js';
import { decodeString } from '../literals.js';
import type { SyntaxNode } from '../parser.js';
import {
  elements,
  items,
  kindOf,
  nameOf,
  part,
  resultColumns,
  spanOf,
  textOf,
  typeOfSymbol,
  unsupported,
} from '../syntax.js';
import { parametersOf } from './parameters.js';
import { kept, projected } from './tables.js';

export const PARSE_OPERATORS: Readonly<Record<string, OperatorBinder>> = {
  ParseOperator: (node, input, scope) => parsed(node, input, scope, false),
  ParseWhereOperator: (node, input, scope) => parsed(node, input, scope, true),
};

interface Pattern {
  /** One of: literal text (a regex in kind=regex), `*`, or a column. */
  readonly parts: readonly (
    | { readonly kind: 'text'; readonly text: string }
    | { readonly kind: 'star' }
    | { readonly kind: 'column'; readonly name: string; readonly type: Assignment['column']['type'] }
  )[];
}

function patternOf(node: SyntaxNode): Pattern {
  const parts: Pattern['parts'][number][] = [];
  for (const element of elements(part(node, 'Patterns'))) {
    switch (kindOf(element)) {
      case 'StarExpression':
        parts.push({ kind: 'star' });
        break;
      case 'LiteralExpression':
        parts.push({ kind: 'text', text: decodeString(textOf(part(element, 'Token'))) });
        break;
      case 'CompoundStringLiteralExpression':
        parts.push({
          kind: 'text',
          text: items(element, 'Tokens')
            .map((token) => decodeString(textOf(token)))
            .join(''),
        });
        break;
      case 'NameDeclaration':
        parts.push({ kind: 'column', name: nameOf(element), type: 'string' });
        break;
      case 'NameAndTypeDeclaration':
        parts.push({
          kind: 'column',
          name: nameOf(part(element, 'Name')),
          type: typeOfSymbol(part(element, 'Type').ReferencedSymbol) ?? 'string',
        });
        break;
      default:
        throw unsupported(element, `${kindOf(element)} in a parse pattern`);
    }
  }
  return { parts };
}

/**
 * `parse` as calls of `parse_pattern(source, pattern, kind, flags)`, which yields an array of the columns' texts, or
 * null when the text does not fit; each column is an item of it, converted.
 */
function parsed(node: SyntaxNode, input: Table, scope: Scope, filter: boolean): Table {
  const parameters = parametersOf(node);
  const kind = parameters.get('kind') ?? 'simple';
  if (!['simple', 'relaxed', 'regex'].includes(kind)) {
    throw new KustoError('SEM0001', `'${kind}' is not a kind of parse.`, { span: spanOf(node) });
  }
  const pattern = patternOf(node);
  const source = bindScalar(part(node, 'Expression'), scope.over(input));
  const text: Scalar = source.type === 'string' ? source : call(node, 'tostring', [source], 'string');
  const matched = scope.context.column('$parsed', 'dynamic');
  const match = call(
    node,
    'parse_pattern',
    [
      text,
      literal('string', JSON.stringify(pattern.parts)),
      literal('string', kind),
      literal('string', parameters.get('flags') ?? ''),
    ],
    'dynamic',
  );
  const held = projected(input, [...input.columns.map(kept), { column: matched, value: match }]);
  const passing: Table = filter
    ? {
        ...held,
        relation: {
          kind: 'filter',
          input: held.relation,
          predicate: call(node, 'isnotnull', [use(matched)], 'bool'),
          columns: held.relation.columns,
        },
      }
    : held;
  const targets = pattern.parts.filter((candidate) => candidate.kind === 'column');
  const byName = new Map<string, Assignment>();
  targets.forEach((target, i) => {
    const item = call(node, 'tuple_item', [use(matched), literal('long', BigInt(i))], 'string');
    const value: Scalar =
      target.type === 'string'
        ? item
        : call(node, 'tuple_item', [use(matched), literal('long', BigInt(i))], target.type);
    byName.set(target.name, { column: scope.context.column(target.name, target.type), value });
  });
  return projected(
    passing,
    resultColumns(node).map(
      (result) => byName.get(result.name) ?? kept(input.columns.find((column) => column.name === result.name)!),
    ),
  );
}

function use(column: Assignment['column']): Scalar {
  return { kind: 'column', type: column.type, id: column.id, name: column.name };
}
