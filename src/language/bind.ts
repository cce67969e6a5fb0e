import { KustoError } from '../errors/index.js';
import type { BoundRequest } from '../plan/index.js';
import { BindContext, type Binders, type Binding, type RequestFacts } from './context.js';
import { refuseErrors } from './diagnostics.js';
import { refuseDoubling } from './growth.js';
import { literalOfText } from './literal-text.js';
import { official, type SyntaxNode } from './parser.js';
import { completeBestEffort } from './best-effort.js';
import { completeParses } from './parse-names.js';
import { globalsOf, type Schema } from './schema.js';
import { bindExpression } from './expressions.js';
import { bindOperation, bindRelation } from './relations.js';
import { bindStatement, bindStatements } from './statements.js';
import { completePatterns } from './union-patterns.js';
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
 * @throws KustoError SYN…, SEM… or CAL0001, with the place in the text
 */
export function bind(
  text: string,
  schema: Schema,
  facts: RequestFacts,
  parameters: Readonly<Record<string, string>> = {},
  options: Readonly<Record<string, unknown>> = {},
): BoundRequest {
  const code = analyze(text, schema, facts, options.best_effort);
  const given = (name: string): Binding | undefined => {
    const value = parameters[name];
    return value === undefined
      ? undefined
      : { kind: 'scalar', value: literalOfText(`The query parameter '${name}'`, value) };
  };
  return bindStatements(code.Syntax, new BindContext(schema, facts, BINDERS, settingsOf(options), text.length), given);
}

function analyze(
  text: string,
  schema: Schema,
  { clusterEndpoint }: RequestFacts,
  bestEffort: unknown,
): { readonly Syntax: SyntaxNode } {
  let code;
  try {
    refuseDoubling(text);
    code = official().Kusto.Language.KustoCode.ParseAndAnalyze(
      text,
      globalsOf(schema, text.includes('cluster') ? hostOf(clusterEndpoint) : undefined),
    );
  } catch (error) {
    if (error instanceof KustoError) throw error;
    // The official library throws on a few texts instead of reporting; what it says is of no use to the caller.
    throw new KustoError('SYN0001', 'The query could not be parsed.', { cause: error });
  }
  completeBestEffort(code.Syntax, bestEffort);
  completePatterns(code.Syntax, text);
  completeParses(code.Syntax, text);
  refuseErrors(code, text);
  return code;
}

const hostOf = (endpoint: string): string | undefined =>
  URL.canParse(endpoint) ? new URL(endpoint).hostname : undefined;
