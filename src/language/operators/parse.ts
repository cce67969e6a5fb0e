import { KustoError } from '../../errors/index.js';
import type { KeyValueOptions } from '../../functions/index.js';
import { literal, use, type Assignment, type Column, type Scalar } from '../../plan/index.js';
import { kustoTypeOf } from '../../values/index.js';
import { constantString } from '../calls.js';
import { bindScalar, type OperatorBinder, type Scope, type Table } from '../context.js';
import { call } from '../calls-to.js';
import { decodeString } from '../literals.js';
import type { SyntaxNode } from '../parser.js';
import { elements, items, kindOf, maybe, nameOf, part, spanOf, textOf, typeOfSymbol, unsupported } from '../syntax.js';
import { parametersOf } from './parameters.js';
import { kept, projected } from './tables.js';

export const PARSE_OPERATORS: Readonly<Record<string, OperatorBinder>> = {
  ParseOperator: (node, input, scope) => parsed(node, input, scope, false),
  ParseWhereOperator: (node, input, scope) => parsed(node, input, scope, true),
  ParseKvOperator: keyValues,
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
 * `parse` as calls of `parse_pattern(source, pattern, kind, flags)` (or `parse_match` and `parse_fitting`), which yields
 * the columns' texts, or null when the text does not fit; each column is an item of it, converted.
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
  const given = [literal('string', JSON.stringify(pattern.parts)), literal('string', kind)];
  // Patterns of plain texts are matched by the engine, and held in a form of its own, one step after the other.
  const plain = kind !== 'regex';
  let held: Table;
  if (plain) {
    const match = scope.context.column('$match', 'dynamic');
    const value = call(node, 'parse_match', [text, ...given], 'dynamic');
    const matching = projected(input, [...input.columns.map(kept), { column: match, value }]);
    const fitting = call(node, 'parse_fitting', [use(match), ...given, text], 'dynamic');
    held = projected(matching, [...input.columns.map(kept), { column: matched, value: fitting }]);
  } else {
    const flags = literal('string', parameters.get('flags') ?? '');
    const value = call(node, 'parse_pattern', [text, ...given, flags], 'dynamic');
    held = projected(input, [...input.columns.map(kept), { column: matched, value }]);
  }
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
  return withItems(node, passing, input, targets, matched, scope, plain ? 'group_item' : 'tuple_item');
}

/** The result's columns: those found are items of an array of texts, converted; the others are the input's. */
function withItems(
  node: SyntaxNode,
  holding: Table,
  input: Table,
  targets: readonly Pick<Column, 'name' | 'type'>[],
  found: Column,
  scope: Scope,
  itemOf: 'group_item' | 'tuple_item',
): Table {
  const byName = new Map<string, Assignment>();
  targets.forEach(({ name, type }, i) => {
    const value = call(node, itemOf, [use(found), literal('long', BigInt(i))], type);
    byName.set(name, { column: scope.context.column(name, type), value });
  });
  // A column of the input with such a name is replaced in its place.
  const names = new Set(input.columns.map((column) => column.name));
  const added = [...byName.values()].filter(({ column }) => !names.has(column.name));
  return projected(holding, [...input.columns.map((column) => byName.get(column.name) ?? kept(column)), ...added]);
}

/** `parse-kv` as a call of `parse_key_values(source, options)`, which yields an array of the keys' texts. */
function keyValues(node: SyntaxNode, input: Table, scope: Scope): Table {
  const targets = items(part(node, 'Keys'), 'Columns').map((column) => ({
    name: nameOf(part(column, 'Name')),
    type:
      typeOfSymbol(part(column, 'Type').ReferencedSymbol) ??
      kustoTypeOf(textOf(part(column, 'Type'))) ??
      ('string' as const),
  }));
  const options: KeyValueOptions = {
    ...keyValueOptions(maybe(node, 'WithClause'), scope),
    keys: targets.map((target) => target.name),
  };
  const source = bindScalar(part(node, 'Expression'), scope.over(input));
  const text: Scalar = source.type === 'string' ? source : call(node, 'tostring', [source], 'string');
  const found = scope.context.column('$found', 'dynamic');
  const value = call(node, 'parse_key_values', [text, literal('string', JSON.stringify(options))], 'dynamic');
  const holding = projected(input, [...input.columns.map(kept), { column: found, value }]);
  return withItems(node, holding, input, targets, found, scope, 'tuple_item');
}

function keyValueOptions(clause: SyntaxNode | undefined, scope: Scope): Omit<KeyValueOptions, 'keys'> {
  const given = {
    pairDelimiter: '',
    keyDelimiter: '',
    quotes: [] as string[],
    escapes: [] as string[],
    greedy: false,
    regex: '',
  };
  for (const property of clause ? items(clause, 'Properties') : []) {
    const name = nameOf(part(property, 'Name'));
    const expression = part(property, 'Expression');
    switch (name) {
      case 'pair_delimiter':
        given.pairDelimiter = constantString(expression, scope);
        break;
      case 'kv_delimiter':
        given.keyDelimiter = constantString(expression, scope);
        break;
      case 'quote':
        given.quotes.push(constantString(expression, scope));
        break;
      case 'escape':
        given.escapes.push(constantString(expression, scope));
        break;
      case 'regex':
        given.regex = constantString(expression, scope);
        break;
      case 'greedy':
        given.greedy = textOf(expression) === 'true';
        break;
      default:
        throw unsupported(property, `parse-kv with ${name}`);
    }
  }
  return given;
}
