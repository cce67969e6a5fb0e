import { KustoError, type Span } from '../errors/index.js';
import { literal, use, type Column, type Literal, type Relation, type Scalar, type Scan } from '../plan/index.js';
import type { ColumnSchema, KustoType } from '../values/index.js';
import { cursorWindow } from './cursor-window.js';
import type { Graph } from './graphs.js';
import type { LongLists } from './long-lists.js';
import type { SyntaxNode } from './parser.js';
import { maybe } from './syntax.js';
import { timeWindow } from './time-window.js';
import type { Schema, SchemaDatabase, SchemaTable } from './schema.js';

/** One case of `declare pattern`. */
export interface PatternMatch {
  readonly arguments: readonly string[];
  readonly path: string | undefined;
  readonly body: SyntaxNode;
}

/** What a name of `let`, of a parameter or of `as` stands for. */
export type Binding =
  | { readonly kind: 'scalar'; readonly value: Scalar }
  /** Bound anew at each use, so that each use has columns of its own. */
  | { readonly kind: 'table'; readonly make: () => Table }
  /**
   * The edges of a graph's path: an expression over one of them, or over an inner node, yields the array of its values;
   * `bags` is the array of the edges' properties.
   */
  | { readonly kind: 'path'; readonly edges: EachOf; readonly nodes: EachOf; readonly bags: EachOf }
  /** A named row, whose columns are reached by a path (`s1.x` in scan); a node of a graph has facts too. */
  | { readonly kind: 'row'; readonly columns: readonly Column[]; readonly node?: NodeFacts }
  /** The database for which the subquery of macro-expand is bound. */
  | { readonly kind: 'database'; readonly name: string }
  | { readonly kind: 'pattern'; readonly matches: readonly PatternMatch[]; readonly scope: Scope }
  /** A function declared by `let`, with what it sees. */
  | { readonly kind: 'function'; readonly declaration: SyntaxNode; readonly scope: Scope };

export const isView = (binding: Binding | undefined): boolean =>
  binding?.kind === 'function' && maybe(binding.declaration, 'ViewKeyword') !== undefined;
type EachOf = (expression: SyntaxNode) => Scalar;

/** What a graph knows of a node beside its properties. */
export interface NodeFacts {
  /** The id as the user gave it. */
  readonly key: Column;
  /** Number of edges that end, or start, at the node. */
  degree(direction: 'in' | 'out'): Scalar;
}

/** A bound tabular expression: the plan node and the columns that the query may name. */
export interface Table {
  readonly relation: Relation;
  readonly columns: readonly Column[];
  /** Hidden column with the row's extent number, as long as the rows are a table's own. */
  readonly extent?: Column;
  /** Name of the stored table, or the name that `as` gave: for `withsource`. */
  readonly name?: string;
  /** Name of the stored table's database. */
  readonly database?: string;
  /** Set between make-graph and the operator that turns the graph into a table. */
  readonly graph?: Graph;
  /** True when the order of rows is defined (`sort`, `serialize`, `range`, `print`, …). */
  readonly serialized?: boolean;
}

/** Facts of one request that functions such as now() and current_principal() turn into literals. */
export interface RequestFacts {
  /** Ticks. */
  readonly now: bigint;
  readonly database: string;
  readonly clusterEndpoint: string;
  /** `aadapp=<id>;<tenant>`. */
  readonly principal: string;
  /** JSON text of current_principal_details(). */
  readonly principalDetails: string;
  /** Answers current_principal_is_member_of() for one fully qualified name. */
  readonly isMemberOf: (principal: string) => boolean;
  /** Cursor of the last commit, as current_cursor() gives it. */
  readonly currentCursor: string;
  readonly clientRequestId: string;
  /** Whether the IngestionTime policy of a table is on: cursors need it. */
  readonly hasIngestionTime: (tableId: string) => boolean;
}

/**
 * The two directions in which binding recurses. They are parts of the context, so that operators and functions, which
 * bind their own parts, need not know who binds an expression or a table.
 */
export interface Binders {
  scalar(node: SyntaxNode, scope: Scope): Scalar;
  table(node: SyntaxNode, scope: Scope): Table;
  operator(node: SyntaxNode, input: Table, scope: Scope): Table;
  statement(node: SyntaxNode, scope: Scope): void;
}

/** Binds an operator over its input. */
export type OperatorBinder = (node: SyntaxNode, input: Table, scope: Scope) => Table;

export function bindScalar(node: SyntaxNode, scope: Scope): Scalar {
  scope.context.spend(1);
  return scope.context.binders.scalar(node, scope);
}

export function bindTable(node: SyntaxNode, scope: Scope): Table {
  scope.context.spend(1);
  return scope.context.binders.table(node, scope);
}

export const bindOperator = (node: SyntaxNode, input: Table, scope: Scope): Table =>
  scope.context.binders.operator(node, input, scope);

/** Expressions that a request may come to when its functions and `let` names are put in; its own text is not counted. */
const MOST_EXPRESSIONS = 20_000;

/** State of binding one request: hands out column ids, and remembers what the request needs. */
export class BindContext {
  private nextColumn = 1;
  private nextShared = 1;
  private spent = 0;
  private readonly sizes = new WeakMap<Scalar, number>();
  usesCursor = false;
  /** Names of tables without the IngestionTime policy, by their extent column. */
  readonly untimed = new Map<number, string>();
  /** Columns that hold the key of a partition: constants for the pipeline over it. */
  readonly partitionKeys = new Set<number>();
  visualization: Record<string, unknown> | null = null;

  constructor(
    readonly schema: Schema,
    readonly facts: RequestFacts,
    readonly binders: Binders,
    /** Request properties, and what `set` statements have added so far. */
    readonly settings: Map<string, Literal>,
    private readonly textLength: number,
    private readonly lists: LongLists,
  ) {}

  /** The elements of a list that ends with this bracket, when most of them are not in the tree. */
  longList(close: SyntaxNode | undefined): Literal[] | undefined {
    return this.lists.elements(close);
  }

  /** Counts expressions: functions that call functions twice grow to more than a server can hold. */
  spend(expressions: number): void {
    this.spent += expressions;
    if (this.spent > MOST_EXPRESSIONS + this.textLength) {
      throw new KustoError(
        'E_RUNAWAY_QUERY',
        'The query grows too large when its functions and let statements are put in. Call them less often, or use materialize() or toscalar().',
      );
    }
  }

  /** A value that is used under a name: every use is written out. */
  used(value: Scalar): Scalar {
    this.spend(this.sizeOf(value));
    return value;
  }

  private sizeOf(value: Scalar): number {
    if (value.kind !== 'call' && value.kind !== 'window') return 1;
    const known = this.sizes.get(value);
    if (known !== undefined) return known;
    const size = value.args.reduce((sum, arg) => sum + this.sizeOf(arg), 1);
    this.sizes.set(value, size);
    return size;
  }

  column(name: string, type: KustoType): Column {
    return { id: this.nextColumn++, name, type };
  }

  columns(schema: readonly ColumnSchema[]): Column[] {
    return schema.map(({ name, type }) => this.column(name, type));
  }

  /** A table of Calypso's own, read once under columns of its own. */
  scan(database: SchemaDatabase, table: SchemaTable): Table {
    const columns = this.columns(table.columns);
    const extent = this.column('$extent', 'long');
    const relation: Scan = {
      kind: 'scan',
      databaseId: database.id,
      databaseName: database.name,
      tableId: table.id,
      tableName: table.name,
      columns: [...columns, extent],
      stored: table.columns.map((column) => column.id),
      extentColumn: extent,
    };
    if (!this.facts.hasIngestionTime(table.id)) this.untimed.set(extent.id, table.name);
    const windowed = cursorWindow(relation, extent, this.settings);
    if (windowed) this.usesCursor = true;
    const inTime = timeWindow(windowed ?? relation, columns, this.settings);
    return { relation: inTime, columns, extent, name: table.name, database: database.name };
  }

  sharedKey(): number {
    return this.nextShared++;
  }

  /** Reads the table again under columns of its own, so that one table can be used twice in a plan. */
  renewed(table: Table): Table {
    const columns = table.columns.map((column) => this.column(column.name, column.type));
    const extent = table.extent && this.column(table.extent.name, table.extent.type);
    const items = columns.map((column, i) => ({ column, value: use(table.columns[i]!) }));
    if (extent) items.push({ column: extent, value: use(table.extent!) });
    return {
      ...table,
      columns,
      ...(extent && { extent }),
      relation: { kind: 'project', input: table.relation, items, columns: items.map((item) => item.column) },
    };
  }
}

/** What a restrict statement leaves to the rest of the query (restrictions.ts). */
export interface Restricted {
  admitsName(name: string): boolean;
  admits(database: string, entity: string): boolean;
}

/** Names in reach of an expression: columns of the row at hand first, then what `let` and parameters declare. */
export class Scope {
  private readonly names = new Map<string, Binding>();

  constructor(
    readonly context: BindContext,
    private readonly parent?: Scope,
    readonly row?: Table,
    /** Both sides of a join condition. */
    readonly sides?: { readonly left: Table; readonly right: Table },
    private readonly restriction?: Restricted,
  ) {}

  /** A scope in which expressions see the columns of this table. */
  over(row: Table): Scope {
    return new Scope(this.context, this, row);
  }

  joining(left: Table, right: Table): Scope {
    return new Scope(this.context, this, undefined, { left, right });
  }

  /** A scope for names that end with the block that declares them. */
  nested(): Scope {
    return new Scope(this.context, this);
  }

  /** The scope of the statements that follow `restrict access to (…)`. */
  restricted(restriction: Restricted): Scope {
    return new Scope(this.context, this, undefined, undefined, restriction);
  }

  /** Whether no restriction hides a name that is declared, or that of a database's own table or function. */
  sees(name: string, database?: string): boolean {
    if (database === undefined && this.names.has(name)) return true;
    const { restriction } = this;
    const admitted =
      !restriction ||
      (database === undefined
        ? this.lookup(name)?.kind === 'scalar' || restriction.admitsName(name)
        : restriction.admits(database, name));
    return admitted && (this.parent?.sees(name, database) ?? true);
  }

  declare(name: string, binding: Binding): void {
    this.names.set(name, binding);
  }

  lookup(name: string): Binding | undefined {
    return this.names.get(name) ?? this.parent?.lookup(name);
  }

  /** The nearest row in reach; expressions in functions do not see their caller's. */
  currentRow(): Table | undefined {
    return this.row ?? this.parent?.currentRow();
  }

  column(name: string): Column | undefined {
    return this.row?.columns.find((column) => column.name === name) ?? this.parent?.column(name);
  }

  requireRow(span: Span): Table {
    const row = this.currentRow();
    if (!row) throw new KustoError('SEM0001', 'There is no row in this context.', { span });
    return row;
  }
}

export const nullOf = (type: KustoType): Scalar => literal(type, type === 'string' ? '' : null);
