import { scalarFunctions } from '../../../src/functions/index.js';
import { isWindowFunction } from '../../../src/functions/windows.js';
import { SPECIAL } from '../../../src/language/calls.js';
import { official } from '../../../src/language/parser.js';
import { DUCKDB } from '../../../src/sql/dialects/duckdb/index.js';
import { KUSTO_TYPES, type KustoType } from '../../../src/values/index.js';
import { likely, LITERALS, quoted } from './literals.js';

/** What one argument of a call may be. */
export interface Parameter {
  readonly types: readonly KustoType[];
  /** The binder takes a literal or a constant only. */
  readonly constant: boolean;
  /** Literals that the parameter is made for; may be empty. */
  readonly likely: readonly string[];
}

export interface Signature {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly least: number;
  readonly most: number;
}

/** Types of the kinds of parameters that declare none; the others take every type. */
const KINDS: Readonly<Record<string, readonly KustoType[]>> = {
  Integer: ['long', 'int'],
  RealOrDecimal: ['real', 'decimal'],
  StringOrDynamic: ['string', 'dynamic'],
  StringOrArray: ['string', 'dynamic'],
  IntegerOrArray: ['long', 'dynamic'],
  DynamicArray: ['dynamic'],
  DynamicBag: ['dynamic'],
  Number: ['long', 'int', 'real', 'decimal'],
  NumberOrBool: ['long', 'int', 'real', 'decimal', 'bool'],
  CommonNumber: ['long', 'int', 'real', 'decimal'],
  Summable: ['long', 'int', 'real', 'decimal', 'timespan', 'datetime'],
  CommonSummable: ['long', 'int', 'real', 'decimal', 'timespan', 'datetime'],
};

/** Of the clock, of chance, of the request, or of all columns that there are: no two answers need agree. */
export const VOLATILE: ReadonlySet<string> = new Set([
  'now',
  'ago',
  'rand',
  'new_guid',
  'ingestion_time',
  'extent_id',
  'pack_all',
]);

const answered = new Set([...DUCKDB.scalars.keys(), ...scalarFunctions().map((f) => f.name), ...Object.keys(SPECIAL)]);

/** Calls that may be written, from the binder's own tables, of which Calypso answers some form. */
export const SCALARS = signatures('Functions', (name) => answered.has(name) && !isWindowFunction(name));
export const WINDOWS = signatures('Functions', isWindowFunction);
export const AGGREGATES = signatures('Aggregates', () => true);

/* eslint-disable @typescript-eslint/no-explicit-any -- symbols of the official binder carry no types */
function signatures(list: 'Functions' | 'Aggregates', wanted: (name: string) => boolean): readonly Signature[] {
  const { Kusto, Bridge } = official();
  const listed = (Bridge as any).toArray as (netList: unknown) => any[];
  const kindNames = Kusto.Language.Symbols['ParameterTypeKind'].$names as string[];
  const argumentKinds = Kusto.Language.Symbols['ArgumentKind'].$names as string[];
  const parameterOf = (parameter: any): Parameter => {
    const declared = listed(parameter.DeclaredTypes).map((t) => t.Name as KustoType);
    const fitting = declared.filter((t) => KUSTO_TYPES.includes(t));
    const argument = argumentKinds[parameter.ArgumentKind]!;
    const values = listed(parameter.Values ?? []).filter((v) => typeof v === 'string') as string[];
    return {
      types: fitting.length > 0 ? fitting : (KINDS[kindNames[parameter.TypeKind]!] ?? KUSTO_TYPES),
      constant: /Literal|Constant/.test(argument),
      likely: [...values.map(quoted), ...likely(parameter.Name)],
    };
  };
  return listed((Kusto.Language as any)[list].All)
    .filter((symbol) => wanted(symbol.Name) && !symbol.Name.startsWith('__'))
    .flatMap((symbol) =>
      listed(symbol.Signatures).map((signature) => {
        const least = Math.min(signature.MinArgumentCount, 7);
        const most = Math.max(least, Math.min(signature.MaxArgumentCount, least + 3));
        return { name: symbol.Name, parameters: listed(signature.Parameters).map(parameterOf), least, most };
      }),
    );
}
/* eslint-enable @typescript-eslint/no-explicit-any */

export const literalsOf = (type: KustoType): readonly string[] => LITERALS[type];
