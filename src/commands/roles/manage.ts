import type { CatalogTransaction } from '../../catalog/catalog.js';
import type { PrincipalRef, RoleAssignmentEntity } from '../../catalog/model.js';
import { isSamePrincipal, parsePrincipal } from '../../security/index.js';
import { newId } from '../entities.js';
import {
  defineCommand,
  flag,
  oneOf,
  opt,
  seq,
  STRING,
  text,
  values,
  word,
  type Command,
  type CommandContext,
} from '../framework/index.js';
import { PRINCIPALS, principalRows } from './results.js';
import type { RoleScope } from './scopes.js';

const some = seq('(', values('principals', STRING), ')', flag('skipResults', 'skip-results'), opt(text('notes')));
const none = seq('none', flag('skipResults', 'skip-results'));

interface Change {
  readonly scope: string;
  readonly role: RoleAssignmentEntity['role'];
  readonly principals: readonly PrincipalRef[];
  readonly notes: string | undefined;
}

function add(tx: CatalogTransaction, { scope, role, principals, notes }: Change): void {
  for (const principal of principals) {
    const known = tx.roles(scope).find((one) => one.role === role && isSamePrincipal(one.principal, principal));
    if (known === undefined) tx.put({ kind: 'role', id: newId(), scope, role, principal, notes: notes ?? '' });
    else if (notes !== undefined) tx.put({ ...known, notes });
  }
}

function drop(tx: CatalogTransaction, { scope, role, principals }: Change): void {
  for (const one of tx.roles(scope)) {
    if (one.role === role && principals.some((principal) => isSamePrincipal(one.principal, principal))) {
      tx.delete('role', one.id);
    }
  }
}

/** What is given again keeps its assignment. */
function set(tx: CatalogTransaction, change: Change): void {
  for (const one of tx.roles(change.scope)) {
    const stays = change.principals.some((principal) => isSamePrincipal(one.principal, principal));
    if (one.role === change.role && !stays) tx.delete('role', one.id);
  }
  add(tx, change);
}

const ACTIONS = { Add: add, Drop: drop, Set: set } as const;

/** `.add`, `.drop` and `.set` of a scope's roles. They answer all of the scope's principals. */
export function manageRoles(scope: RoleScope): readonly Command[] {
  return (['Add', 'Drop', 'Set'] as const).map((action) =>
    defineCommand({
      name: `${action}${scope.label}Role`,
      grammar: seq(
        action.toLowerCase(),
        scope.grammar,
        word('role', ...Object.keys(scope.roles)),
        action === 'Set' ? oneOf(some, none) : some,
      ),
      permission: scope.manage,
      scope: ({ target }) => scope.entity(target) ?? { kind: 'database' },
      result: PRINCIPALS,
      async run(args, context) {
        const change: Change = {
          scope: scope.id(args.target, context),
          role: scope.roles[args.role] ?? 'Admin',
          principals: resolved(args.principals ?? [], context),
          notes: args.notes,
        };
        await context.catalog.transact((tx) => ACTIONS[action](tx, change));
        return args.skipResults === true ? [] : principalRows(scope, args.target, context);
      },
    }),
  );
}

/** All must be known before any is given a role. Throws Principal_Malformed, Principal_NotResolvable. */
function resolved(names: readonly string[], context: CommandContext): readonly PrincipalRef[] {
  return names.map((name) => parsePrincipal(name, context.security.directory));
}
