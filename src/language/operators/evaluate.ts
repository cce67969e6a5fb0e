import { KustoError } from '../../errors/index.js';
import { enterUserFunction } from '../calls.js';
import { bindTable, type OperatorBinder } from '../context.js';
import { PLUGINS, REFUSED_PLUGINS } from '../plugins/index.js';
import { PluginCall } from '../plugins/plugin.js';
import type { SyntaxNode } from '../parser.js';
import { sharedInput } from './tables.js';
import { maybe, nameOf, part, spanOf, symbolKindOf, textOf, unsupported } from '../syntax.js';
import { isInFunction, isUserFunction } from '../user-functions.js';

/** Operators that call: a plugin, a function over the input. */
export const EVALUATE_OPERATORS: Readonly<Record<string, OperatorBinder>> = {
  InvokeOperator: (node, input, scope) => {
    const call = part(node, 'Function');
    if (!isUserFunction(call)) throw unsupported(call, `invoke of '${textOf(call)}'`);
    const { expression, inner } = enterUserFunction(call, scope, sharedInput(input, scope));
    return bindTable(expression, inner);
  },
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
