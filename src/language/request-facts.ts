import { literal, type Scalar } from '../plan/index.js';
import type { BindContext } from './context.js';
import { call } from './calls-to.js';
import type { SyntaxNode } from './parser.js';
import { refuseDisabled, setting } from './settings.js';
import { spanOf, unsupported } from './syntax.js';

/** Functions whose value is one for the whole request: they become literals (or arithmetic on one) when bound. */
export function foldRequestFact(
  name: string,
  args: readonly Scalar[],
  context: BindContext,
  node: SyntaxNode,
): Scalar | undefined {
  const { facts } = context;
  const span = spanOf(node);
  const now = literal('datetime', setting<bigint>(context.settings, 'query_now', 'datetime', span) ?? facts.now);
  switch (name) {
    case 'now':
      return args[0] ? call(node, '+', [now, args[0]], 'datetime') : now;
    case 'ago':
      return call(node, '-', [now, args[0]!], 'datetime');
    case 'current_database':
      return literal('string', facts.database);
    case 'current_cluster_endpoint':
      return literal('string', facts.clusterEndpoint);
    case 'current_principal':
      return literal('string', facts.principal);
    case 'current_principal_details':
      return literal('dynamic', facts.principalDetails);
    case 'current_principal_is_member_of': {
      const member = args.some((argument) => {
        if (argument.kind !== 'literal' || typeof argument.value !== 'string') {
          throw unsupported(node, 'current_principal_is_member_of() with anything but literals');
        }
        const names =
          argument.type === 'dynamic' ? (JSON.parse(argument.value) as unknown[]).map(String) : [argument.value];
        return names.some((principal) => facts.isMemberOf(principal));
      });
      return literal('bool', member);
    }
    case 'cursor_current':
    case 'current_cursor':
      refuseDisabled(node, { context }, 'query_cursor_disabled');
      context.usesCursor = true;
      return literal(
        'string',
        setting<string>(context.settings, 'query_cursor_current', 'string', span) ?? facts.currentCursor,
      );
    default:
      return undefined;
  }
}
