import { KustoError } from '../../errors/index.js';
import { literal, use, type Assignment, type Column, type Project, type Scalar } from '../../plan/index.js';
import type { ColumnSchema } from '../../values/index.js';
import { bindScalar, type Scope, type Table } from '../context.js';
import { argumentsOf } from '../calls-to.js';
import type { SyntaxNode } from '../parser.js';
import { kindOf, nameOf, part, resultColumns, spanOf, textOf } from '../syntax.js';

/** One `evaluate plugin(…)` while it is bound. */
export class PluginCall {
  readonly name: string;
  readonly positional: readonly SyntaxNode[];
  readonly named: ReadonlyMap<string, SyntaxNode>;
  /** Columns that the binder, or the schema in the text, gives the operator. */
  readonly results: readonly ColumnSchema[];

  constructor(
    /** The EvaluateOperator. */
    readonly node: SyntaxNode,
    readonly input: Table,
    readonly scope: Scope,
    parameterNames: readonly string[] = [],
  ) {
    this.name = nameOf(part(this.call, 'Name'));
    const positional: SyntaxNode[] = [];
    const named = new Map<string, SyntaxNode>();
    for (const argument of argumentsOf(this.call)) {
      const name = kindOf(argument) === 'SimpleNamedExpression' ? nameOf(part(argument, 'Name')) : undefined;
      if (name !== undefined && parameterNames.includes(name)) named.set(name, part(argument, 'Expression'));
      else positional.push(argument);
    }
    this.positional = positional;
    this.named = named;
    this.results = resultColumns(node);
  }

  get call(): SyntaxNode {
    return part(this.node, 'FunctionCall');
  }

  error(message: string, node = this.node): KustoError {
    return new KustoError('SEM0001', `${this.name}(): ${message}`, { span: spanOf(node) });
  }

  refused(what: string, node = this.node): KustoError {
    return new KustoError('CAL0001', `${this.name}(): ${what} is not supported.`, { span: spanOf(node) });
  }

  /** The argument of this position or name, if it is given. */
  given(index: number, name: string): SyntaxNode | undefined {
    return this.named.get(name) ?? this.positional[index];
  }

  /** A column of the input that an argument names. */
  inputColumn(node: SyntaxNode | undefined, of: Table = this.input): Column {
    const column = node && of.columns.find((candidate) => candidate.name === nameOf(node));
    if (!column) throw this.error(`'${node ? textOf(node) : ''}' must be a column of the input.`, node);
    return column;
  }

  /** An argument over the input's rows. */
  overRows(node: SyntaxNode): Scalar {
    return bindScalar(node, this.scope.over(this.input));
  }

  /** An argument that must be a literal (`let` names of literals will do). */
  literal(node: SyntaxNode): Extract<Scalar, { kind: 'literal' }> {
    const bound = bindScalar(node, this.scope);
    if (bound.kind !== 'literal') throw this.error(`'${textOf(node)}' must be a literal.`, node);
    return bound;
  }

  /** Fresh columns named as the binder names the operator's results. */
  resultColumns(): Column[] {
    return this.scope.context.columns(this.results);
  }

  /**
   * The plugin as a procedure over two relations or three: `values` for each row of the input, one row of `constants`
   * (so that SQL evaluates them, whatever they are made of), and what `more` holds.
   */
  procedure(parts: {
    readonly procedure?: string;
    readonly values: readonly Scalar[];
    readonly constants?: readonly Scalar[];
    readonly more?: readonly Project[];
    readonly args?: Readonly<Record<string, unknown>>;
    readonly columns?: readonly Column[];
  }): Table {
    const columns = parts.columns ?? this.resultColumns();
    const single = { kind: 'values' as const, rows: [[]], columns: [] };
    return {
      columns,
      relation: {
        kind: 'procedure',
        name: parts.procedure ?? this.name,
        inputs: [
          this.computed(this.input.relation, parts.values),
          this.computed(single, parts.constants ?? []),
          ...(parts.more ?? []),
        ],
        args: parts.args ?? {},
        columns,
        span: spanOf(this.node),
      },
    };
  }

  /** Exactly these values of a relation's rows, in columns of their own. */
  computed(input: Project['input'], values: readonly Scalar[]): Project {
    const given = values.length > 0 ? values : [literal('bool', true)];
    const items: Assignment[] = given.map((value, i) => ({
      column: this.scope.context.column(`v${i}`, value.type),
      value,
    }));
    return { kind: 'project', input, items, columns: items.map((item) => item.column) };
  }
}

export const usesOf = (table: Table): Scalar[] => table.columns.map(use);
