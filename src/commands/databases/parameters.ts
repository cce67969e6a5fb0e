import { KustoError } from '../../errors/index.js';
import type { ColumnSchema, KustoType } from '../../values/index.js';
import { Input, list, name, oneOf, opt, seq, type, value, type Reader, type State } from '../framework/index.js';
import { readExpression } from '../framework/text.js';

export interface FunctionParameter {
  readonly name: string;
  /** Of a scalar; undefined for a table. */
  readonly type?: KustoType;
  /** Of a table; empty for one of any columns. */
  readonly columns?: readonly ColumnSchema[];
  /** As written. */
  readonly defaultValue?: string;
}

const EXPRESSION: Reader<string> = { label: 'a value', read: readExpression };

const column = seq(name('name'), ':', type('type'));
const parameter = seq(
  name('name'),
  ':',
  oneOf(
    seq(type('type'), opt('=', value('defaultValue', EXPRESSION))),
    '( * )',
    seq('(', list('columns', column), ')'),
  ),
);
const parameters = seq('(', opt(list('parameters', parameter)), ')');

/** The parameters of a stored function from their text; none when the text cannot be read. */
export function parseParameters(text: string): readonly FunctionParameter[] {
  const end = (_: number, state: State): State => state;
  try {
    const found = parameters.match(new Input(text), 0, { args: {}, spans: {} }, end);
    const args = (found?.args ?? {}) as { parameters?: readonly FunctionParameter[] };
    return (args.parameters ?? []).map((one) =>
      one.type === undefined && one.columns === undefined ? { ...one, columns: [] } : one,
    );
  } catch (error) {
    if (error instanceof KustoError) return [];
    throw error;
  }
}
