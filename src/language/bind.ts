import type { BoundRequest } from '../plan/index.js';
import { analyzed } from './analysis.js';
import { BindContext, type Binders, type Binding, type RequestFacts } from './context.js';
import { literalOfText } from './literal-text.js';
import type { LongLists } from './long-lists.js';
import { globalsOf, type Schema } from './schema.js';
import { bindExpression } from './expressions.js';
import { bindOperation, bindRelation } from './relations.js';
import { bindStatement, bindStatements } from './statements.js';
import { settingsOf } from './settings.js';

const BINDERS: Binders = {
  scalar: bindExpression,
  table: bindRelation,
  operator: bindOperation,
  statement: bindStatement,
};

/**
 * Text to bound plan. Pure: the schema and every fact of the request are arguments.
 *
 * @param parameters values of `declare query_parameters`, as KQL literals
 * @param options properties of the request, by name
 * @param read the text's long lists, where the caller has read them
 * @throws KustoError SYN…, SEM… or CAL0001, with the place in the text
 */
export function bind(
  text: string,
  schema: Schema,
  facts: RequestFacts,
  parameters: Readonly<Record<string, string>> = {},
  options: Readonly<Record<string, unknown>> = {},
  read?: LongLists,
): BoundRequest {
  const host = text.includes('cluster') ? hostOf(facts.clusterEndpoint) : undefined;
  const { syntax, lists, plans } = analyzed(text, schema, globalsOf(schema, host), options.best_effort, read);
  const given = (name: string): Binding | undefined => {
    const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    return value === undefined
      ? undefined
      : { kind: 'scalar', value: literalOfText(`The query parameter '${name}'`, value) };
  };
  return plans.plan({ parameters, options }, facts, (noted) => {
    const context = new BindContext(schema, noted, BINDERS, settingsOf(options), text.length, lists);
    return lists.whole(() => bindStatements(syntax, context, given));
  });
}

const hostOf = (endpoint: string): string | undefined =>
  URL.canParse(endpoint) ? new URL(endpoint).hostname : undefined;
