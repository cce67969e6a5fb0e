/**
 * The ten scalar types of Kusto, and how a value of each is held in memory.
 * Source: the scalar data types pages of the Kusto query language reference.
 */
export const KUSTO_TYPES = [
  'bool',
  'int',
  'long',
  'real',
  'decimal',
  'datetime',
  'timespan',
  'string',
  'guid',
  'dynamic',
] as const;

export type KustoType = (typeof KUSTO_TYPES)[number];

/**
 * A value in memory; which one follows from its type:
 *
 * | type               | JavaScript                                                            |
 * | bool               | boolean                                                               |
 * | int, real          | number (real may be NaN or an infinity)                               |
 * | long               | bigint                                                                |
 * | datetime, timespan | bigint: 100 ns ticks (datetime: since 0001-01-01T00:00:00Z)           |
 * | decimal            | string: canonical decimal text, no exponent                           |
 * | guid               | string: 36 lower-case characters                                      |
 * | string             | string, never null                                                    |
 * | dynamic            | string: JSON text (so that key order and long numbers are kept)       |
 *
 * null is the null value of every type but string.
 */
export type KustoValue = boolean | number | bigint | string | null;

/** A column as callers see it. */
export interface ColumnSchema {
  readonly name: string;
  readonly type: KustoType;
}

/** Rows by column: `columns[c][r]`. Every column has `rowCount` entries. */
export interface ColumnBatch {
  readonly rowCount: number;
  readonly columns: readonly (readonly KustoValue[])[];
}

/** What the values of one column lie between, and how many are null. Null bounds: there are none, or they are not told. */
export interface ColumnStatistics {
  readonly min: KustoValue;
  readonly max: KustoValue;
  readonly nullCount: number;
}

const ALIASES: Readonly<Record<string, KustoType>> = {
  boolean: 'bool',
  date: 'datetime',
  time: 'timespan',
  double: 'real',
  uuid: 'guid',
  uniqueid: 'guid',
  int64: 'long',
  int32: 'int',
};

/** The type that a KQL type name means (`time` is timespan, …), or undefined. Names are case-sensitive, as in KQL. */
export function kustoTypeOf(name: string): KustoType | undefined {
  return (KUSTO_TYPES as readonly string[]).includes(name) ? (name as KustoType) : ALIASES[name];
}
