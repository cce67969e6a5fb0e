import { KustoError } from '../errors/index.js';
import type { Scope, Table } from './context.js';
import type { SyntaxNode } from './parser.js';
import { requireVisible } from './restrictions.js';
import type { tableOf } from './schema.js';
import { tableNamed } from './schema.js';
import { refuseDisabled } from './settings.js';
import { spanOf } from './syntax.js';

/** A stored table, if what the query was restricted to includes it. */
export function visibleTable(
  node: SyntaxNode,
  { database, table }: NonNullable<ReturnType<typeof tableOf>>,
  scope: Scope,
): Table {
  if (database.name !== scope.context.schema.current) {
    refuseDisabled(node, scope, 'request_remote_entities_disabled');
  }
  requireVisible(node, scope, table.name, database.name);
  return scope.context.scan(database, table);
}

/** A table of the current database. */
export function tableByName(node: SyntaxNode, name: string, scope: Scope): Table {
  const found = tableNamed(scope.context.schema, name);
  if (!found) throw new KustoError('SEM0100', `The table '${name}' does not exist.`, { span: spanOf(node) });
  return visibleTable(node, found, scope);
}
