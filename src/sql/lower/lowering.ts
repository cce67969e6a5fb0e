import { KustoError, type Span } from '../../errors/index.js';
import { scalarFunction, type ScalarFunction } from '../../functions/index.js';
import type { Column, Relation, Scalar } from '../../plan/index.js';
import type { ColumnBatch, KustoType, KustoValue } from '../../values/index.js';
import type { Dialect, ExternalSql, LoweredArgument, LoweredCall, Lowering } from '../dialect.js';
import { list, name, sql, value, type Name, type Sql } from '../tree.js';
import { lowerRelation } from './relations.js';

/** Rows that the engine must offer as a table under `name` (engines/engine.ts: InputTable). */
export interface CompiledInput {
  readonly name: string;
  readonly types: readonly KustoType[];
  readonly batches: readonly ColumnBatch[];
}

/** A JavaScript function that the engine must offer under `name` while the SQL runs. */
export interface RequiredFunction {
  readonly name: string;
  readonly parameterTypes: readonly KustoType[];
  readonly type: KustoType;
  readonly function: ScalarFunction;
}

/** One compilation: plan to SQL tree for one dialect. Collects what the SQL needs around it. */
export class PlanLowering implements Lowering {
  readonly functions = new Map<string, RequiredFunction>();
  readonly inputs: CompiledInput[] = [];
  private readonly shared = new Map<number, Sql>();
  private variables = 0;

  constructor(
    readonly dialect: Dialect,
    readonly externalSql: ExternalSql,
  ) {}

  /** A complete SELECT. */
  relation(relation: Relation): Sql {
    return lowerRelation(relation, this);
  }

  /** The whole statement: shared subtrees become materialized common table expressions. */
  statement(relation: Relation): Sql {
    const body = this.relation(relation);
    if (this.shared.size === 0) return body;
    const expressions = [...this.shared].map(
      ([key, definition]) => sql`${name(`shared${key}`)} AS MATERIALIZED (${definition})`,
    );
    return sql`WITH ${list(expressions)} ${body}`;
  }

  useShared(key: number, relation: Relation): Sql {
    if (!this.shared.has(key)) {
      const definition = this.relation(relation);
      this.shared.set(key, definition);
    }
    return sql`SELECT * FROM ${name(`shared${key}`)}`;
  }

  column(column: { readonly id: number }): Name {
    return name(`c${column.id}`);
  }

  columns(columns: readonly Column[]): Sql {
    return columns.length === 0 ? sql`1 AS "none"` : list(columns.map((column) => this.column(column)));
  }

  scalar(scalar: Scalar): Sql {
    switch (scalar.kind) {
      case 'literal':
        return value(scalar.type, scalar.value);
      case 'column':
        return this.column(scalar);
      case 'call':
        return this.call(scalar.name, scalar.args, scalar.type, scalar.span);
      case 'window': {
        const row = this.dialect.windows.get(scalar.name);
        const lowered = row?.(this.lowered(scalar.name, scalar.args, scalar.type, scalar.span));
        if (!lowered) throw refused(scalar.name, scalar.span);
        return lowered;
      }
      case 'subquery':
        return this.emptyForNull(
          sql`(${this.relation({ kind: 'limit', input: scalar.relation, count: { kind: 'literal', type: 'long', value: 1n }, columns: scalar.relation.columns })})`,
          scalar.type,
        );
      case 'inRelation':
        return this.inRelation(scalar);
    }
  }

  /** A predicate of a filter: null counts as false there, so cheaper forms will do. */
  predicate(scalar: Scalar): Sql {
    if (scalar.kind === 'call' && (scalar.name === 'and' || scalar.name === 'or')) {
      const [left, right] = scalar.args.map((arg) => this.predicate(arg)) as [Sql, Sql];
      return scalar.name === 'and' ? sql`(${left} AND ${right})` : sql`(${left} OR ${right})`;
    }
    if (scalar.kind === 'call' && scalar.name === '==') {
      const row = this.dialect.scalars.get('==in-filter');
      const lowered = row?.(this.lowered(scalar.name, scalar.args, scalar.type, scalar.span));
      if (lowered) return lowered;
    }
    const lowered = this.scalar(scalar);
    return scalar.type === 'bool' ? lowered : this.dialect.cast(lowered, 'bool');
  }

  lowered(name: string, args: readonly Scalar[], type: KustoType, span: Span): LoweredCall {
    return { name, type, span, lowering: this, args: args.map((arg) => this.argument(arg)) };
  }

  argument(arg: Scalar): LoweredArgument {
    return { sql: this.scalar(arg), type: arg.type, literal: arg.kind === 'literal' ? arg.value : undefined };
  }

  private call(callName: string, args: readonly Scalar[], type: KustoType, span: Span): Sql {
    const lowered = this.lowered(callName, args, type, span);
    const row = this.dialect.scalars.get(callName);
    const inSql = row?.(lowered);
    if (inSql) return inSql;
    const definition = scalarFunction(callName);
    if (!definition) throw refused(callName, span, row && args.map((arg) => arg.type));
    return this.viaFunction(definition, lowered);
  }

  /** The call as a JavaScript function of the engine; one registration for each list of argument types. */
  viaFunction(definition: ScalarFunction, call: LoweredCall): Sql {
    const parameterTypes = call.args.map((arg) => arg.type);
    const registered = `kql_${[call.name.replace(/\W/g, '_'), ...parameterTypes, call.type].join('__')}`;
    this.functions.set(registered, { name: registered, parameterTypes, type: call.type, function: definition });
    return this.dialect.callFunction(registered, call);
  }

  /** An argument of any type as text, as tostring() gives it. */
  scalarText(arg: LoweredArgument): Sql {
    const call: LoweredCall = {
      name: 'tostring',
      args: [arg],
      type: 'string',
      span: { start: 0, end: 0 },
      lowering: this,
    };
    return this.dialect.scalars.get('tostring')?.(call) ?? this.viaFunction(scalarFunction('tostring')!, call);
  }

  private inRelation(scalar: Extract<Scalar, { kind: 'inRelation' }>): Sql {
    const left = this.scalar(scalar.value);
    const right = this.relation(scalar.relation);
    const test = scalar.caseInsensitive
      ? sql`(lower(${left}) IN (SELECT lower(${this.column(scalar.relation.columns[0]!)}) FROM (${right}) AS t))`
      : sql`(${left} IN (${right}))`;
    // A null in the list must not turn "not in" into null.
    return scalar.negated ? sql`(NOT coalesce(${test}, false))` : sql`coalesce(${test}, false)`;
  }

  input(types: readonly KustoType[], columns: readonly (readonly KustoValue[])[]): Name {
    const table = `literals${this.inputs.length}`;
    this.inputs.push({ name: table, types, batches: [{ rowCount: columns[0]!.length, columns }] });
    return name(table);
  }

  variable(): Name {
    return name(`let${this.variables++}`);
  }

  emptyForNull(inner: Sql, type: KustoType): Sql {
    return type === 'string' ? sql`coalesce(${inner}, '')` : inner;
  }
}

/** With types: the function is there, but not for arguments of these. */
export function refused(what: string, span: Span, types?: readonly KustoType[]): KustoError {
  const construct = types ? `${what}() of (${types.join(', ')})` : `${what}()`;
  return new KustoError('CAL0001', `${construct} is not supported.`, { span });
}

export type { ExternalSql, Lowering } from '../dialect.js';
