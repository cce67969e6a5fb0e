import type { KustoType } from '../../values/index.js';

/**
 * What a column of a database can hold, whatever the database calls it. `ticks` of a timespan go into whole numbers of 64
 * bits, where there is no interval.
 */
export type ColumnKind =
  | 'bool'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'float32'
  | 'float64'
  | 'decimal'
  | 'text'
  /** Text of a code page, which would lose characters: it is read only. */
  | 'narrow'
  | 'guid'
  | 'json'
  | 'date'
  | 'datetime'
  | 'time'
  | 'interval'
  | 'other';

/** A column as the database describes it. */
export interface SqlColumn {
  readonly name: string;
  /** As the database writes it: `numeric(10,2)`. */
  readonly type: string;
  readonly kind: ColumnKind;
  readonly nullable: boolean;
  /** A row may leave it out: it is nullable, has a default, or the database makes its values. */
  readonly isOptional: boolean;
  /** Digits in all and after the point, of a decimal; digits of a second in `scale`, of a datetime or time. */
  readonly precision?: number;
  readonly scale?: number;
  /** Characters of a text, where they are limited. */
  readonly length?: number;
}

const WRITES: Readonly<Record<KustoType, readonly ColumnKind[]>> = {
  bool: ['bool'],
  int: ['int32', 'int64', 'decimal'],
  long: ['int64', 'decimal'],
  real: ['float64'],
  decimal: ['decimal'],
  datetime: ['datetime'],
  timespan: ['interval', 'time', 'int64'],
  string: ['text'],
  guid: ['guid', 'text'],
  dynamic: ['text', 'json'],
};

const READS: Readonly<Record<KustoType, readonly ColumnKind[]>> = {
  bool: ['bool', 'int8'],
  int: ['int8', 'int16', 'int32'],
  long: ['int8', 'int16', 'int32', 'int64'],
  real: ['float32', 'float64', 'decimal', 'int8', 'int16', 'int32'],
  decimal: ['decimal', 'int8', 'int16', 'int32', 'int64'],
  datetime: ['datetime', 'date'],
  timespan: ['interval', 'time', 'int64'],
  string: ['text', 'narrow', 'guid', 'json', 'bool', 'int8', 'int16', 'int32', 'int64', 'decimal', 'date', 'other'],
  guid: ['guid', 'text', 'narrow'],
  dynamic: ['json', 'text', 'narrow'],
};

/** Whether every value of the Kusto type has a place in the column, apart from its bounds. */
export const canWrite = (type: KustoType, { kind }: SqlColumn): boolean => WRITES[type].includes(kind);
export const canRead = (type: KustoType, { kind }: SqlColumn): boolean => READS[type].includes(kind);
