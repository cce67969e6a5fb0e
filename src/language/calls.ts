import { KustoError } from '../errors/index.js';
import { literal, use, type Scalar } from '../plan/index.js';
import type { KustoType } from '../values/index.js';
import { isWindowFunction } from '../functions/windows.js';
import { AFTER_DEFAULT, BEFORE_OR_AT_DEFAULT, cursorText } from './cursor-window.js';
import { REQUEST_FACTS } from './request-facts.js';
import { refuseDisabled, setting } from './settings.js';
import { constantBool } from './constants.js';
import { bindScalar, bindTable, Scope, type Table } from './context.js';
import { argumentsOf, call, isTabular, typeOf } from './calls-to.js';
import { GRAPH_FUNCTIONS } from './graph-functions.js';
import { functionBody, isUserFunction, parametersOf } from './user-functions.js';
import type { SyntaxNode } from './parser.js';
import { bracketed } from './schema.js';
import { kindOf, nameOf, part, spanOf, textOf, tupleTypes, unsupported } from './syntax.js';

/** A function call in a scalar place: built in, declared by `let`, or stored. */
export function bindFunctionCall(node: SyntaxNode, scope: Scope): Scalar {
  const name = kindOf(node) === 'NameReference' ? nameOf(node) : nameOf(part(node, 'Name'));
  if (isUserFunction(node)) return bindUserScalar(node, scope);
  const special = SPECIAL[name];
  if (special) return special(node, scope);
  const args = argumentsOf(node).flatMap((argument) => bindArgument(argument, scope));
  const outputs = tupleTypes(node);
  if (outputs) {
    // Of several outputs one value is made: an array of them, as the reference does.
    const tuple = call(node, name, args, 'dynamic');
    return outputs.length === 1 ? call(node, 'tuple_item', [tuple, literal('long', 0n)], outputs[0]) : tuple;
  }
  const fact = REQUEST_FACTS[name];
  if (fact) return fact(args, scope.context, node);
  if (isWindowFunction(name)) {
    requireOffset(node, name, args);
    requireOrder(node, name, scope);
    return { kind: 'window', name, args, type: typeOf(node), span: spanOf(node) };
  }
  const canonical = ALIASES[name] ?? name;
  return call(node, canonical, args, RESULT_TYPES[canonical]?.(args) ?? typeOf(node));
}

/** Rows of a window function must stand in an order: that of a sort, or the one that serialize holds fast. */
function requireOrder(node: SyntaxNode, name: string, scope: Scope): void {
  if (scope.currentRow()?.serialized) return;
  const message = `${name}() needs rows in an order. Sort them first, or hold their order fast: | serialize.`;
  throw new KustoError('SEM0001', message, { span: spanOf(node) });
}

/** An argument; `*` stands for every column of the row (`pack_array(*)`, `estimate_data_size(*)`). */
function bindArgument(node: SyntaxNode, scope: Scope): Scalar[] {
  if (kindOf(node) !== 'StarExpression') return [bindScalar(node, scope)];
  return scope.requireRow(spanOf(node)).columns.map(use);
}

/** Older names of functions. */
export const ALIASES: Readonly<Record<string, string>> = {
  array_iif: 'array_iff',
  array_strcat: 'strcat_array',
  arraylength: 'array_length',
  datepart: 'datetime_part',
  extractall: 'extract_all',
  extractjson: 'extract_json',
  make_string: 'unicode_codepoints_to_string',
  notempty: 'isnotempty',
  notnull: 'isnotnull',
  pack: 'bag_pack',
  pack_dictionary: 'bag_pack',
  parsejson: 'parse_json',
  parseurl: 'parse_url',
  parseurlquery: 'parse_urlquery',
  todynamic: 'parse_json',
  toobject: 'parse_json',
  to_utf8: 'unicode_codepoints_from_string',
  totime: 'totimespan',
};

/** Types that the reference engine answers where the official binder has another. */
const RESULT_TYPES: Readonly<Record<string, (args: readonly Scalar[]) => KustoType | undefined>> = {
  hourofday: () => 'long',
  jaccard_index: () => 'real',
  ceiling: ([number]) => (number?.type === 'int' || number?.type === 'long' ? 'real' : undefined),
  datetime_diff: ([period]) =>
    period?.kind === 'literal' && String(period.value).toLowerCase() === 'week' ? 'real' : undefined,
};

/** extent_id() of what is in no extent. */
const NO_EXTENT = '00000000-0000-0000-0000-000000000000';

/** prev() and next() look at another row. */
function requireOffset(node: SyntaxNode, name: string, [, offset]: readonly Scalar[]): void {
  if ((name !== 'prev' && name !== 'next') || offset?.kind !== 'literal' || Number(offset.value) >= 1) return;
  throw new KustoError('SEM0001', `${name}(): the offset must be at least 1.`, { span: spanOf(node) });
}

/** Functions that are not a plain evaluation of their arguments. */
export const SPECIAL: Readonly<Record<string, (node: SyntaxNode, scope: Scope) => Scalar>> = {
  ...GRAPH_FUNCTIONS,
  column_ifexists: (node, scope) => {
    const [wanted, otherwise] = argumentsOf(node);
    const column = scope.column(constantString(wanted!, scope));
    return column ? use(column) : bindScalar(otherwise!, scope);
  },
  columnifexists: (node, scope) => SPECIAL.column_ifexists!(node, scope),
  ingestion_time: (node, scope) => {
    const extent = scope.currentRow()?.extent;
    return extent ? call(node, 'ingestion_time', [use(extent)], 'datetime') : literal('datetime', null);
  },
  extent_id: (node, scope) => {
    const extent = scope.currentRow()?.extent;
    return extent ? call(node, 'extent_id', [use(extent)], 'guid') : literal('guid', NO_EXTENT);
  },
  extent_tags: (node, scope) => {
    const extent = scope.currentRow()?.extent;
    return extent ? call(node, 'extent_tags', [use(extent)], 'dynamic') : literal('dynamic', null);
  },
  cursor_after: cursorTest,
  cursor_before_or_at: cursorTest,
  pack_all: (node, scope) => {
    const row = scope.requireRow(spanOf(node));
    const [ignoreNulls] = argumentsOf(node).map((argument) => bindScalar(argument, scope));
    const pairs = row.columns.flatMap((column): Scalar[] => [literal('string', column.name), use(column)]);
    const skip = ignoreNulls?.kind === 'literal' && ignoreNulls.value === true;
    return call(node, skip ? 'bag_pack_without_nulls' : 'bag_pack', pairs, 'dynamic');
  },
  assert: (node, scope) => {
    const [condition, message] = argumentsOf(node);
    const held = constantBool(bindScalar(condition!, scope));
    if (held === undefined) throw unsupported(node, 'assert() of a condition that is no constant');
    if (held) return literal('bool', true);
    throw new KustoError('SEM0001', `assert() has failed with message: '${constantString(message!, scope)}'.`, {
      span: spanOf(node),
    });
  },
  bin_auto: (node, scope) => {
    const value = bindScalar(argumentsOf(node)[0]!, scope);
    const { settings } = scope.context;
    const size = settings.get('query_bin_auto_size');
    if (!size) throw new KustoError('SEM0001', 'bin_auto() needs: set query_bin_auto_size=…;', { span: spanOf(node) });
    const fixed = settings.get('query_bin_auto_at');
    return fixed
      ? call(node, 'bin_at', [value, size, fixed], value.type)
      : call(node, 'bin', [value, size], value.type);
  },
  column_names_of: (node, scope) => {
    const { columns } = bindTable(argumentsOf(node)[0]!, scope);
    return literal('dynamic', JSON.stringify(columns.map((column) => column.name)));
  },
  repeat: (node, scope) => {
    const args = argumentsOf(node).map((argument) => bindScalar(argument, scope));
    if (args[0]?.type === 'dynamic')
      throw new KustoError('SEM0001', 'repeat(): the value must not be dynamic.', { span: spanOf(node) });
    return call(node, 'repeat', args);
  },
  bag_pack_columns: (node, scope) => {
    const pairs = argumentsOf(node).flatMap((argument): Scalar[] => {
      if (kindOf(argument) !== 'NameReference')
        throw unsupported(argument, 'bag_pack_columns() of anything but columns');
      return [literal('string', nameOf(argument)), bindScalar(argument, scope)];
    });
    return call(node, 'bag_pack', pairs, 'dynamic');
  },
  not: (node, scope) =>
    call(
      node,
      'not',
      argumentsOf(node).map((argument) => bindScalar(argument, scope)),
      'bool',
    ),
};

function cursorTest(node: SyntaxNode, scope: Scope): Scalar {
  const name = nameOf(part(node, 'Name'));
  refuseDisabled(node, scope, 'query_cursor_disabled');
  scope.context.usesCursor = true;
  const extent = scope.currentRow()?.extent;
  if (!extent) throw unsupported(node, `${name}() away from the table it filters`);
  const untimed = scope.context.untimed.get(extent.id);
  if (untimed !== undefined) {
    const message =
      `${name}(): the table '${untimed}' has no IngestionTime policy. ` +
      `Turn it on: .alter table ${bracketed(untimed)} policy ingestiontime true.`;
    throw new KustoError('SEM0001', message, { span: spanOf(node) });
  }
  const [given] = argumentsOf(node);
  const otherwise = name === 'cursor_after' ? AFTER_DEFAULT : BEFORE_OR_AT_DEFAULT;
  const cursor = given
    ? constantString(given, scope)
    : setting<string>(scope.context.settings, otherwise, 'string', spanOf(node));
  if (cursor === undefined) {
    const message = `${name}() needs a cursor, or the request property '${otherwise}'.`;
    throw new KustoError('SEM0001', message, { span: spanOf(node) });
  }
  return call(node, name, [use(extent), literal('string', cursorText(cursor, spanOf(node)))], 'bool');
}

/** The value of an argument that must be a constant string. */
export function constantString(node: SyntaxNode, scope: Scope): string {
  const bound = bindScalar(node, scope);
  if (bound.kind === 'literal' && typeof bound.value === 'string') return bound.value;
  throw new KustoError('SEM0001', `'${textOf(node)}' must be a constant string.`, { span: spanOf(node) });
}

function bindUserScalar(node: SyntaxNode, scope: Scope): Scalar {
  const { expression, inner } = enterUserFunction(node, scope);
  return bindScalar(expression, inner);
}

/**
 * Binds a user function's arguments to its parameters, the first to the piped table if there is one; yields its last
 * expression and the scope to bind it in.
 */
export function enterUserFunction(
  node: SyntaxNode,
  scope: Scope,
  piped?: Table,
): { readonly expression: SyntaxNode; readonly inner: Scope } {
  const name = kindOf(node) === 'NameReference' ? nameOf(node) : nameOf(part(node, 'Name'));
  const declared = scope.lookup(name);
  const inner = declared?.kind === 'function' ? declared.scope.nested() : new Scope(scope.context);
  const args = argumentsOf(node);
  const named = new Map<string, SyntaxNode>();
  const positional: SyntaxNode[] = [];
  for (const argument of args) {
    if (kindOf(argument) === 'SimpleNamedExpression')
      named.set(nameOf(part(argument, 'Name')), part(argument, 'Expression'));
    else positional.push(argument);
  }
  const [first, ...others] = parametersOf(node);
  if (piped && first) inner.declare(first.name, { kind: 'table', make: () => scope.context.renewed(piped) });
  for (const parameter of piped ? others : [first, ...others]) {
    if (!parameter) continue;
    const argument = named.get(parameter.name) ?? positional.shift();
    if (!argument && !parameter.defaultValue)
      throw new KustoError('SEM0001', `${name}(): the argument '${parameter.name}' is missing.`, {
        span: spanOf(node),
      });
    if (argument && (parameter.isTabular || isTabular(argument, scope))) {
      inner.declare(parameter.name, { kind: 'table', make: () => bindTable(argument, scope) });
    } else {
      const value = argument ? bindScalar(argument, scope) : parameter.defaultValue!;
      const typed =
        parameter.type && parameter.type !== value.type
          ? call(argument ?? node, `to${parameter.type}`, [value], parameter.type)
          : value;
      inner.declare(parameter.name, { kind: 'scalar', value: typed });
    }
  }
  return { expression: functionBody(node, inner), inner };
}
