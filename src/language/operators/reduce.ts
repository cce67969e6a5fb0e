import { KustoError } from '../../errors/index.js';
import { use, type Literal } from '../../plan/index.js';
import { bindScalar, type OperatorBinder, type Scope } from '../context.js';
import type { SyntaxNode } from '../parser.js';
import { items, maybe, nameOf, part, resultColumns, spanOf } from '../syntax.js';
import { parametersOf } from './parameters.js';
import { typed } from './sources.js';

const DEFAULT_THRESHOLD = 0.1;

/** reduce [kind=source] by expression [with threshold=…, characters=…] */
export const REDUCE_OPERATORS: Readonly<Record<string, OperatorBinder>> = {
  ReduceByOperator: (node, input, scope) => {
    const kind = parametersOf(node).get('kind');
    if (kind !== undefined && kind !== 'source') {
      throw new KustoError('SEM0001', `reduce: kind=${kind} is not known; the only kind is source.`, {
        span: spanOf(node),
      });
    }
    const settings = settingsOf(node, scope);
    const threshold = Number(settings.get('threshold') ?? DEFAULT_THRESHOLD);
    if (!(threshold >= 0 && threshold <= 1)) {
      throw new KustoError('SEM0001', `reduce: the threshold must be from 0 to 1, not ${threshold}.`, {
        span: spanOf(node),
      });
    }
    const text = typed(node, bindScalar(part(node, 'Expression'), scope.over(input)), 'string');
    const values = kind === 'source' ? [text, ...input.columns.map(use)] : [text];
    const items = values.map((value, i) => ({ column: scope.context.column(`v${i}`, value.type), value }));
    const columns = scope.context.columns(
      kind === 'source'
        ? [...input.columns.map(({ name, type }) => ({ name, type })), { name: 'Pattern', type: 'string' as const }]
        : resultColumns(node),
    );
    return {
      columns,
      relation: {
        kind: 'procedure',
        name: 'reduce',
        inputs: [{ kind: 'project', input: input.relation, items, columns: items.map((item) => item.column) }],
        args: { threshold, characters: settings.get('characters') || undefined, keepsRows: kind === 'source' },
        columns,
        span: spanOf(node),
      },
    };
  },
};

function settingsOf(node: SyntaxNode, scope: Scope): ReadonlyMap<string, Literal['value']> {
  const clause = maybe(node, 'With');
  return new Map(
    (clause ? items(clause, 'Parameters') : []).map((parameter) => {
      const expression = part(parameter, 'Expression');
      const value = bindScalar(expression, scope);
      if (value.kind !== 'literal') {
        throw new KustoError('SEM0001', `reduce: ${nameOf(part(parameter, 'Name'))} must be a literal.`, {
          span: spanOf(expression),
        });
      }
      return [nameOf(part(parameter, 'Name')), value.value];
    }),
  );
}
