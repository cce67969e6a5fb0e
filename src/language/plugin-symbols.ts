import { official } from './parser.js';

let symbols: readonly unknown[] | undefined;

/**
 * The plugins that the binder knows: its own list, the ones that it leaves out (schema_merge, diffpatterns_text), and bag_unpack
 * with all of its parameters (its own has the first two only).
 */
export function pluginSymbols(): readonly unknown[] {
  if (symbols) return symbols;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- constructors of the bridge are told apart by suffix only
  const { Symbols, PlugIns } = official().Kusto.Language as Record<string, any>;
  const [own] = [PlugIns.BagUnpack.Signatures.getItem(0)];
  const { Parameter, ScalarTypes, ArgumentKind } = Symbols;
  const optional = (name: string, type: unknown): unknown =>
    new Parameter.$ctor3(name, type, ArgumentKind.Expression, null, null, false, null, 0, 1, null, null);
  const required = (name: string, type: unknown): unknown =>
    new Parameter.$ctor3(name, type, ArgumentKind.Expression, null, null, false, null, 1, 1, null, null);
  const bagUnpack: unknown = new Symbols.FunctionSymbol.ctor(
    'bag_unpack',
    own.CustomReturnType,
    Symbols.Tabularity.Tabular,
    [
      own.Parameters.getItem(0),
      optional('OutputColumnPrefix', ScalarTypes.String),
      optional('columnsConflict', ScalarTypes.String),
      optional('ignoredProperties', ScalarTypes.Dynamic),
    ],
  );
  const column = (name: string, type: unknown): unknown => new Symbols.ColumnSymbol(name, type);
  const schemaMerge: unknown = new Symbols.FunctionSymbol.$ctor5(
    'schema_merge',
    new Symbols.TableSymbol.ctor([
      column('ColumnName', ScalarTypes.String),
      column('ColumnOrdinal', ScalarTypes.Long),
      column('DataType', ScalarTypes.String),
      column('ColumnType', ScalarTypes.String),
    ]),
    [optional('PreserveOrder', ScalarTypes.Bool)],
  );
  const diffPatternsText: unknown = new Symbols.FunctionSymbol.$ctor5(
    'diffpatterns_text',
    new Symbols.TableSymbol.ctor([
      column('Count_of_True', ScalarTypes.Long),
      column('Count_of_False', ScalarTypes.Long),
      column('Percent_of_True', ScalarTypes.Real),
      column('Percent_of_False', ScalarTypes.Real),
      column('Pattern', ScalarTypes.String),
    ]),
    [
      required('TextColumn', ScalarTypes.String),
      required('BooleanCondition', ScalarTypes.Bool),
      optional('MinTokens', ScalarTypes.Int),
      optional('Threshold', ScalarTypes.Real),
      optional('MaxTokens', ScalarTypes.Int),
    ],
  );
  const others = (PlugIns.All as unknown[]).filter((symbol) => symbol !== PlugIns.BagUnpack);
  symbols = [...others, bagUnpack, schemaMerge, diffPatternsText];
  return symbols;
}

let functions: readonly unknown[] | undefined;

/** The functions that the binder knows; of the cursor tests the argument may be left to the request's defaults. */
export function functionSymbols(): readonly unknown[] {
  if (functions) return functions;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- constructors of the bridge are told apart by suffix only
  const { Symbols, Functions } = official().Kusto.Language as Record<string, any>;
  const { Parameter, ScalarTypes, ArgumentKind } = Symbols;
  const tests: readonly unknown[] = [Functions.CursorAfter, Functions.CursorBeforeOrAt];
  const cursor = new Parameter.$ctor3(
    'cursor',
    ScalarTypes.String,
    ArgumentKind.Expression,
    null,
    null,
    false,
    null,
    0,
    1,
    null,
    null,
  );
  functions = (Functions.All as { Name: string }[]).map((symbol) =>
    tests.includes(symbol) ? new Symbols.FunctionSymbol.$ctor5(symbol.Name, ScalarTypes.Bool, [cursor]) : symbol,
  );
  return functions;
}
