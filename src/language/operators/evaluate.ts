import { KustoError } from '../../errors/index.js';
import type { OperatorBinder } from '../context.js';
import { PLUGINS, REFUSED_PLUGINS } from '../plugins/index.js';
import { PluginCall } from '../plugins/plugin.js';
import type { SyntaxNode } from '../parser.js';
import { maybe, nameOf, part, spanOf, symbolKindOf } from '../syntax.js';
import { isInFunction } from '../user-functions.js';

/** `evaluate plugin(…)`. */
export const EVALUATE_OPERATORS: Readonly<Record<string, OperatorBinder>> = {
  EvaluateOperator: (node, input, scope) => {
    const name = pluginName(node);
    const plugin = PLUGINS[name];
    if (!plugin) {
      const why = REFUSED_PLUGINS[name] ?? 'is not supported';
      throw new KustoError('CAL0001', `The plugin ${name}() ${why}.`, { span: spanOf(node) });
    }
    return plugin.bind(new PluginCall(node, input, scope, plugin.parameters), schemaPlace(node));
  },
};

export const pluginName = (node: SyntaxNode): string => nameOf(part(part(node, 'FunctionCall'), 'Name'));

/** Where a schema must be written before the operator can be bound; undefined when its columns are known. */
function schemaPlace(node: SyntaxNode): number | undefined {
  if (!node.ResultType || symbolKindOf(node.ResultType) !== 'TableSymbol' || !node.ResultType.IsOpen) return undefined;
  if (maybe(node, 'Schema')) return undefined;
  const call = part(node, 'FunctionCall');
  if (isInFunction(node)) {
    const name = pluginName(node);
    throw new KustoError(
      'CAL0001',
      `${name}() without an output schema is not supported inside of a function: write the schema after it, as in evaluate ${name}(…) : (Name:string).`,
      { span: spanOf(call) },
    );
  }
  return call.End;
}
