import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { compileFunction } from 'node:vm';

/**
 * The official parser and binder. It is a .NET library compiled to JavaScript: it sets globals, its lists have
 * `Count` and `getItem`, its nodes' classes are told by `Bridge.getTypeName`. Only this file and its neighbours in
 * `language/` know it. Loading costs about 0.3 s, the first parse another second: see `warmUp`.
 */

/** A node or token of the official syntax tree; its parts are read by name through `syntax.ts`. */
export interface SyntaxNode {
  readonly ChildCount: number;
  readonly TextStart: number;
  readonly End: number;
  readonly ResultType?: SymbolNode | null;
  readonly ReferencedSymbol?: SymbolNode | null;
  GetChild(index: number): SyntaxNode | null;
  toString(): string;
}

/** A symbol (type, column, table, function, …) of the binder. */
export interface SymbolNode {
  readonly Name: string;
  readonly Columns?: NetList<ColumnSymbol>;
  readonly IsOpen?: boolean;
  readonly Members?: NetList<SymbolNode>;
}

export interface ColumnSymbol extends SymbolNode {
  readonly Type: SymbolNode;
}

export interface NetList<T> {
  readonly Count: number;
  getItem(index: number): T;
}

export interface Diagnostic {
  readonly Code: string;
  readonly Severity: string;
  readonly Message: string;
  readonly Start: number;
  readonly Length: number;
}

export interface KustoCode {
  readonly Text: string;
  readonly Syntax: SyntaxNode;
  readonly Kind: string;
  readonly ResultType: SymbolNode | null;
  GetDiagnostics(): NetList<Diagnostic>;
}

/** Opaque: the schema that names are bound to. Immutable. */
export interface GlobalState {
  readonly __globalState: true;
  WithPlugIns(plugins: readonly unknown[]): GlobalState;
  WithFunctions(functions: readonly unknown[]): GlobalState;
  WithCluster(cluster: unknown): GlobalState;
  AddOrReplaceCluster(cluster: unknown): GlobalState;
  WithDatabase(database: unknown): GlobalState;
}

interface KustoNamespace {
  readonly Language: {
    readonly KustoCode: {
      Parse(text: string): KustoCode;
      ParseAndAnalyze(text: string, globals: GlobalState): KustoCode;
      GetKind(text: string): string;
    };
    readonly GlobalState: { readonly Default: GlobalState };
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- constructors of the bridge are told apart by suffix only
    readonly Symbols: Record<string, any>;
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    readonly [room: string]: any;
  };
}

interface BridgeRuntime {
  getTypeName(instance: unknown): string;
}

let loaded: { readonly Kusto: KustoNamespace; readonly Bridge: BridgeRuntime } | undefined;

export function official(): { readonly Kusto: KustoNamespace; readonly Bridge: BridgeRuntime } {
  loaded ??= load();
  return loaded;
}

function load(): NonNullable<typeof loaded> {
  const require = createRequire(import.meta.url);
  loadBridge(require.resolve('@kusto/language-service-next/bridge.min.js'));
  require('@kusto/language-service-next/Kusto.Language.Bridge.min.js');
  const library = globalThis as unknown as NonNullable<typeof loaded>;
  mendColumnMap(library.Kusto.Language.Binding.ColumnMap.prototype as ColumnMap);
  return library;
}

/**
 * The bridge's dictionaries keep names as properties of plain objects, in which `__proto__` and `hasOwnProperty` are no
 * names like others: here they become objects without a prototype.
 */
function loadBridge(path: string): void {
  const source = readFileSync(path, 'utf8')
    .replaceAll('simpleBuckets={}', 'simpleBuckets=Object.create(null)')
    .replace(/(this\.simpleBuckets)\.hasOwnProperty\((\w+)\)/g, 'Object.hasOwn($1,$2)');
  compileFunction(source, ['module'], { filename: path })({ exports: {} });
}

/** Columns by name: one, a list of one type, or a dictionary by type. */
interface ColumnMap {
  readonly _nameMap: { tryGetValue(name: string, found: { v?: unknown }): boolean };
  Add(column: ColumnSymbol): void;
  Remove(name: string): void;
  GetTypeKey(type: SymbolNode): SymbolNode;
}

/** The library forgets a column after two others of its name that are of another type (`union` of three tables). */
function mendColumnMap(prototype: ColumnMap): void {
  const add = prototype.Add;
  prototype.Add = function (this: ColumnMap, column: ColumnSymbol) {
    const found: { v?: Partial<NetList<ColumnSymbol>> & { readonly tryGetValue?: unknown } } = {};
    this._nameMap.tryGetValue(column.Name, found);
    const list = found.v?.getItem && !found.v.tryGetValue ? (found.v as NetList<ColumnSymbol>) : undefined;
    const first = list?.getItem(0);
    if (!list || !first || this.GetTypeKey(first.Type) === this.GetTypeKey(column.Type)) return add.call(this, column);
    const others = Array.from({ length: list.Count - 1 }, (_, i) => list.getItem(i + 1));
    this.Remove(column.Name);
    for (const one of [first, column, ...others]) add.call(this, one);
  };
}

/** Parses once, so that the first request does not pay for the JIT. */
export function warmUp(): void {
  const { Kusto } = official();
  Kusto.Language.KustoCode.ParseAndAnalyze(
    'let T = datatable(a:long, b:string)[1, "x"]; T | where a > 1 and b has "x" | summarize count() by bin(a, 2) | sort by a',
    Kusto.Language.GlobalState.Default,
  );
}
