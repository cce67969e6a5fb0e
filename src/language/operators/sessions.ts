import { literal, use, type Assignment, type Column, type Scalar, type WindowCall } from '../../plan/index.js';
import type { Scope, Table } from '../context.js';
import { projected } from './tables.js';

/**
 * A projection whose items may call row_window_session(): where a session begins depends on where the one before it
 * began, which no SQL window says, so a procedure computes it as one more column of the input.
 */
export function withSessions(input: Table, items: readonly Assignment[], scope: Scope): Table {
  let current = input;
  const replace = (scalar: Scalar): Scalar => {
    if (scalar.kind !== 'call' && scalar.kind !== 'window') return scalar;
    if (scalar.kind === 'window' && scalar.name === 'row_window_session') {
      const column = scope.context.column(scalar.name, scalar.type);
      current = withSession(current, scalar, column, scope);
      return use(column);
    }
    return { ...scalar, args: scalar.args.map(replace) };
  };
  const replaced = items.map((item) => ({ ...item, value: replace(item.value) }));
  return projected(current, replaced);
}

function withSession(input: Table, session: WindowCall, column: Column, scope: Scope): Table {
  const [expression, fromFirst, between, restart] = session.args as [Scalar, Scalar, Scalar, Scalar?];
  const args = [expression, fromFirst, between, restart ?? literal('bool', false)].map((value) => ({
    column: scope.context.column('argument', value.type),
    value,
  }));
  const kept = input.relation.columns.map((one) => ({ column: one, value: use(one) }));
  const items = [...args, ...kept];
  return {
    ...input,
    relation: {
      kind: 'procedure',
      name: 'row_window_session',
      inputs: [{ kind: 'project', input: input.relation, items, columns: items.map((item) => item.column) }],
      args: {},
      columns: [...input.relation.columns, column],
      span: session.span,
    },
  };
}
