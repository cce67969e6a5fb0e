import type { ColumnSchema } from '../values/index.js';
import { official, type GlobalState } from './parser.js';
import { functionSymbols, pluginSymbols } from './plugin-symbols.js';

/** What a query may name. Objects are compared by identity: keep an unchanged database's object, it is a cache key. */
export interface SchemaDatabase {
  readonly id: string;
  readonly name: string;
  readonly tables: readonly SchemaTable[];
  readonly functions: readonly SchemaFunction[];
  readonly externalTables: readonly SchemaExternalTable[];
}

export interface SchemaTable {
  readonly id: string;
  readonly name: string;
  readonly columns: readonly (ColumnSchema & { readonly id: number })[];
}

export interface SchemaFunction {
  readonly name: string;
  /** `(n:int=5)`, with parentheses. */
  readonly parameters: string;
  /** `{ … }`, with braces. */
  readonly body: string;
}

export interface SchemaExternalTable {
  readonly name: string;
  readonly columns: readonly ColumnSchema[];
}

export interface Schema {
  /** Databases that the caller may see. */
  readonly databases: readonly SchemaDatabase[];
  /** Name of the database that unqualified names belong to. */
  readonly current: string;
}

export const CLUSTER_NAME = 'calypso';

const databaseSymbols = new WeakMap<SchemaDatabase, unknown>();

/** KQL's way to quote a name. */
export function bracketed(name: string): string {
  return `['${name.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}']`;
}

export function columnsText(columns: readonly ColumnSchema[]): string {
  return `(${columns.map((column) => `${bracketed(column.name)}: ${column.type}`).join(', ')})`;
}

function databaseSymbol(database: SchemaDatabase): unknown {
  let symbol = databaseSymbols.get(database);
  if (!symbol) {
    const { Symbols } = official().Kusto.Language;
    const members: object[] = [];
    for (const table of database.tables) {
      const member = new Symbols.TableSymbol.$ctor7(table.name, columnsText(table.columns), null) as object;
      tableOwners.set(member, { database, table });
      members.push(member);
    }
    for (const table of database.externalTables) {
      const member = new Symbols.ExternalTableSymbol.$ctor4(table.name, columnsText(table.columns), null) as object;
      externalOwners.set(member, { database, table });
      members.push(member);
    }
    for (const { name, parameters, body } of database.functions) {
      members.push(new Symbols.FunctionSymbol.$ctor16(name, parameters, body, null) as object);
    }
    symbol = new Symbols.DatabaseSymbol.$ctor3(database.name, null, members, false);
    databaseSymbols.set(database, symbol);
  }
  return symbol;
}

let base: GlobalState | undefined;

/** Views that are kept: what a view has looked up once (its dictionaries of names) it need not look up again. */
const MOST_VIEWS = 16;
const views: { readonly schema: Schema; readonly host: string | undefined; readonly globals: GlobalState }[] = [];

/**
 * The binder's view of a schema: the same object for as long as the databases are the same.
 *
 * @param host the server's own host name, by which a query may call its cluster too
 */
export function globalsOf(schema: Schema, host?: string): GlobalState {
  const at = views.findIndex((view) => {
    const { current, databases } = view.schema;
    const same = current === schema.current && databases.length === schema.databases.length && view.host === host;
    return same && databases.every((database, i) => database === schema.databases[i]);
  });
  const [view] = at < 0 ? [{ schema, host, globals: newGlobals(schema, host) }] : views.splice(at, 1);
  views.unshift(view!);
  views.length = Math.min(views.length, MOST_VIEWS);
  return view!.globals;
}

function newGlobals(schema: Schema, host: string | undefined): GlobalState {
  const { Kusto } = official();
  const { Symbols } = Kusto.Language;
  const databases = schema.databases.map(databaseSymbol);
  const current = schema.databases.findIndex((database) => database.name === schema.current);
  const cluster = new Symbols.ClusterSymbol.$ctor1(CLUSTER_NAME, databases, false);
  base ??= Kusto.Language.GlobalState.Default.WithPlugIns(pluginSymbols()).WithFunctions(functionSymbols());
  let globals = base.WithCluster(cluster);
  if (host) globals = globals.AddOrReplaceCluster(new Symbols.ClusterSymbol.$ctor1(host, databases, false));
  return current < 0 ? globals : globals.WithDatabase(databases[current]);
}

type Owned<T> = { readonly database: SchemaDatabase } & T;

const tableOwners = new WeakMap<object, Owned<{ readonly table: SchemaTable }>>();
const externalOwners = new WeakMap<object, Owned<{ readonly table: SchemaExternalTable }>>();

/** The table behind a symbol that `globalsOf` made. */
export function tableOf(symbol: unknown): Owned<{ readonly table: SchemaTable }> | undefined {
  return typeof symbol === 'object' && symbol !== null ? tableOwners.get(symbol) : undefined;
}

export function externalTableOf(symbol: unknown): Owned<{ readonly table: SchemaExternalTable }> | undefined {
  return typeof symbol === 'object' && symbol !== null ? externalOwners.get(symbol) : undefined;
}

const currentDatabase = (schema: Schema): SchemaDatabase | undefined =>
  schema.databases.find((database) => database.name === schema.current);

export function tableNamed(schema: Schema, name: string): Owned<{ readonly table: SchemaTable }> | undefined {
  const database = currentDatabase(schema);
  const table = database?.tables.find((candidate) => candidate.name === name);
  return database && table && { database, table };
}

export function externalTableNamed(
  schema: Schema,
  name: string,
): Owned<{ readonly table: SchemaExternalTable }> | undefined {
  const database = currentDatabase(schema);
  const table = database?.externalTables.find((candidate) => candidate.name === name);
  return database && table && { database, table };
}

/** A name in which `*` stands for any characters. */
export function wildcard(pattern: string): RegExp {
  const parts = pattern.split('*').map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'i');
}

/** Names of the current database's tables that a pattern with `*` matches. */
export function tablesMatching(schema: Schema, pattern: string): string[] {
  const expression = wildcard(pattern);
  return (currentDatabase(schema)?.tables ?? []).map((table) => table.name).filter((name) => expression.test(name));
}
