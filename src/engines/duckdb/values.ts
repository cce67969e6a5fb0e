import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  SQLNULL,
  VARCHAR,
  DuckDBDecimalValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBDataChunk,
  type DuckDBMaterializedResult,
  type DuckDBType,
  type DuckDBValue,
} from '@duckdb/node-api';
import {
  UNIX_EPOCH_TICKS,
  type ColumnBatch,
  type ColumnSchema,
  type KustoType,
  type KustoValue,
} from '../../values/index.js';

/** Types of parameters: left to itself the driver makes a bigint a HUGEINT, and a whole number an INTEGER. */
export function parameterTypes(parameters: readonly KustoValue[]): DuckDBType[] {
  return parameters.map((value) => {
    switch (typeof value) {
      case 'bigint':
        return BIGINT;
      case 'number':
        return DOUBLE;
      case 'boolean':
        return BOOLEAN;
      case 'string':
        return VARCHAR;
      default:
        return SQLNULL;
    }
  });
}

/** All rows of a materialized result as Kusto values. */
export function readResult(result: DuckDBMaterializedResult, columns: readonly ColumnSchema[]): ColumnBatch {
  const read: KustoValue[][] = columns.map(() => []);
  let rowCount = 0;
  for (let k = 0; k < result.chunkCount; k++) {
    const chunk = result.getChunk(k);
    columns.forEach((column, c) => readColumn(chunk, c, column.type, read[c]!));
    rowCount += chunk.rowCount;
  }
  return { rowCount, columns: read };
}

function readColumn(chunk: DuckDBDataChunk, index: number, type: KustoType, into: KustoValue[]): void {
  const vector = chunk.getColumnVector(index);
  const convert = FROM_ENGINE[type];
  const whenNull = type === 'string' ? '' : null;
  for (let row = 0, rows = chunk.rowCount; row < rows; row++) {
    const value = vector.getItem(row) as DuckDBValue;
    into.push(value === null ? whenNull : convert(value));
  }
}

const ticks = (value: DuckDBValue): bigint =>
  value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue
    ? value.micros * 10n + UNIX_EPOCH_TICKS
    : BigInt(value as bigint);

const FROM_ENGINE: Readonly<Record<KustoType, (value: DuckDBValue) => KustoValue>> = {
  bool: (value) => value as boolean,
  int: Number,
  real: Number,
  long: (value) => (typeof value === 'bigint' ? value : BigInt(value as number)),
  datetime: ticks,
  timespan: ticks,
  decimal: (value) => (value instanceof DuckDBDecimalValue ? decimalText(value.value, value.scale) : String(value)),
  string: String,
  guid: (value) => String(value).toLowerCase(),
  dynamic: String,
};

/** Canonical text of `value * 10^-scale`: no exponent, no trailing zeros. */
export function decimalText(value: bigint, scale: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0');
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, '');
  const whole = digits.slice(0, digits.length - scale);
  return `${value < 0n ? '-' : ''}${whole}${scale > 0 && fraction ? `.${fraction}` : ''}`;
}
