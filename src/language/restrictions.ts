import { KustoError } from '../errors/index.js';
import type { Restricted, Scope } from './context.js';
import type { SyntaxNode } from './parser.js';
import { items, kindOf, maybe, nameOf, part, spanOf, textOf, unsupported } from './syntax.js';
import { wildcard } from './schema.js';

/** `restrict access to (…)`: what the rest of the query may name. What stood before keeps its view. */
export class Restriction implements Restricted {
  /** Names that `let` and patterns declare. */
  private readonly names: RegExp[] = [];
  private readonly entities: { readonly database: RegExp; readonly entity: RegExp }[] = [];

  constructor(statement: SyntaxNode, scope: Scope) {
    const current = wildcard(scope.context.schema.current);
    for (const node of items(statement, 'Expressions')) {
      if (kindOf(node) === 'PathExpression') {
        const entity = wildcard(nameOf(part(node, 'Selector')));
        this.entities.push({ database: databaseOf(part(node, 'Expression')) ?? current, entity });
        continue;
      }
      const name = nameOf(node);
      this.names.push(wildcard(name));
      // A name that no `let` declares is a table's or a function's; `*` stands for declared names only.
      if (!name.includes('*') && !scope.lookup(name)) this.entities.push({ database: current, entity: wildcard(name) });
    }
  }

  admitsName(name: string): boolean {
    return this.names.some((pattern) => pattern.test(name));
  }

  admits(database: string, entity: string): boolean {
    return this.entities.some((one) => one.database.test(database) && one.entity.test(entity));
  }
}

/** Of `database('x')`, also behind a cluster; undefined for `database()`. */
function databaseOf(node: SyntaxNode): RegExp | undefined {
  if (kindOf(node) === 'PathExpression') return databaseOf(part(node, 'Selector'));
  if (kindOf(node) !== 'FunctionCallExpression' || nameOf(part(node, 'Name')) !== 'database') {
    throw unsupported(node, `'${textOf(node)}' in a restrict statement`);
  }
  const list = maybe(node, 'ArgumentList');
  const [name] = list ? items(list, 'Expressions') : [];
  return name && wildcard(textOf(name).replace(/^@?h?(['"])(.*)\1$/s, '$2'));
}

/** Throws SEM0100 where a restrict statement hides a table, a function or a view. */
export function requireVisible(node: SyntaxNode, scope: Scope, name: string, database?: string): void {
  if (scope.sees(name, database)) return;
  throw new KustoError('SEM0100', `'${name}' is not one of what 'restrict access to' leaves to the query.`, {
    span: spanOf(node),
  });
}
