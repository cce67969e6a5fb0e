import { literal, type Scalar } from '../plan/index.js';
import type { BindContext } from './context.js';
import { call } from './calls-to.js';
import type { SyntaxNode } from './parser.js';
import { refuseDisabled, setting } from './settings.js';
import { spanOf, unsupported } from './syntax.js';

type Fold = (args: readonly Scalar[], context: BindContext, node: SyntaxNode) => Scalar;

const now = ({ settings, facts }: BindContext, node: SyntaxNode): Scalar =>
  literal('datetime', setting<bigint>(settings, 'query_now', 'datetime', spanOf(node)) ?? facts.now);

const currentCursor: Fold = (_args, context, node) => {
  refuseDisabled(node, { context }, 'query_cursor_disabled');
  context.usesCursor = true;
  const given = setting<string>(context.settings, 'query_cursor_current', 'string', spanOf(node));
  return literal('string', given ?? context.facts.currentCursor);
};

/** Functions whose value is one for the whole request: they become literals (or arithmetic on one) when bound. */
export const REQUEST_FACTS: Readonly<Record<string, Fold>> = {
  now: ([offset], context, node) =>
    offset ? call(node, '+', [now(context, node), offset], 'datetime') : now(context, node),
  ago: ([offset], context, node) => call(node, '-', [now(context, node), offset!], 'datetime'),
  current_database: (_args, { facts }) => literal('string', facts.database),
  current_cluster_endpoint: (_args, { facts }) => literal('string', facts.clusterEndpoint),
  current_principal: (_args, { facts }) => literal('string', facts.principal),
  current_principal_details: (_args, { facts }) => literal('dynamic', facts.principalDetails),
  current_principal_is_member_of: (args, { facts }, node) => {
    const member = args.some((argument) => {
      if (argument.kind !== 'literal' || typeof argument.value !== 'string') {
        throw unsupported(node, 'current_principal_is_member_of() with anything but literals');
      }
      const names =
        argument.type === 'dynamic' ? (JSON.parse(argument.value) as unknown[]).map(String) : [argument.value];
      return names.some((principal) => facts.isMemberOf(principal));
    });
    return literal('bool', member);
  },
  cursor_current: currentCursor,
  current_cursor: currentCursor,
};
