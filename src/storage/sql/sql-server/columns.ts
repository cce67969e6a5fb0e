import { TYPES } from 'tedious';
import { KustoError } from '../../../errors/index.js';
import { UNIX_EPOCH_TICKS, type KustoValue } from '../../../values/index.js';
import type { ColumnKind, SqlColumn } from '../column-kinds.js';
import type { ColumnPair } from '../session.js';
import { textWriter, TIME_OF_DAY, type ValueLimits } from '../values.js';
import { SQL_SERVER } from './dialect.js';
import { EXACT_DATETIME2, EXACT_DATETIMEOFFSET, EXACT_DECIMAL, EXACT_TIME } from './bulk-types.js';

const LIMITS: ValueLimits = { nan: false, nullCharacter: true, fraction: 7, ...TIME_OF_DAY };
/** 1753-01-01, where DATETIME begins. */
const DATETIME_FROM = 552_877_920_000_000_000n;

const KINDS: Readonly<Record<string, ColumnKind>> = {
  bit: 'bool',
  // 0 to 255.
  tinyint: 'int8',
  smallint: 'int16',
  int: 'int32',
  bigint: 'int64',
  real: 'float32',
  float: 'float64',
  decimal: 'decimal',
  numeric: 'decimal',
  money: 'decimal',
  smallmoney: 'decimal',
  nvarchar: 'text',
  nchar: 'text',
  ntext: 'narrow',
  varchar: 'narrow',
  char: 'narrow',
  text: 'narrow',
  xml: 'narrow',
  uniqueidentifier: 'guid',
  date: 'date',
  datetime: 'datetime',
  datetime2: 'datetime',
  smalldatetime: 'datetime',
  datetimeoffset: 'datetime',
  time: 'time',
};

/** A row of `DESCRIBE`. */
export function columnOf(row: readonly (string | null)[]): SqlColumn & { readonly base: string } {
  const [name, base = '', bytes, precision, scale, isNullable, isMade] = row as string[];
  const kind = KINDS[base] ?? 'other';
  const nullable = isNullable === '1';
  const isText = base === 'nvarchar' || base === 'nchar';
  const length = isText && bytes !== '-1' ? Number(bytes) / 2 : undefined;
  const hasScale = ['datetime2', 'datetimeoffset', 'time'].includes(base);
  return {
    name: name!,
    base,
    type: isText
      ? `${base}(${length ?? 'max'})`
      : base === 'decimal' || base === 'numeric'
        ? `${base}(${precision},${scale})`
        : hasScale
          ? `${base}(${scale})`
          : base,
    kind,
    nullable,
    isOptional: nullable || isMade === '1',
    ...(kind === 'decimal' ? { precision: Number(precision), scale: Number(scale) } : {}),
    ...(hasScale
      ? { scale: Number(scale) }
      : base === 'datetime'
        ? { scale: 3 }
        : base === 'smalldatetime'
          ? { scale: 0 }
          : {}),
    ...(length === undefined ? {} : { length }),
  };
}

export const DESCRIBE = (objectName: string): string =>
  'SELECT c.name, t.name, CONVERT(nvarchar(9), c.max_length), CONVERT(nvarchar(9), c.precision), CONVERT(nvarchar(9), c.scale), ' +
  'CONVERT(nvarchar(9), c.is_nullable), CASE WHEN c.default_object_id <> 0 OR c.is_identity = 1 OR c.is_computed = 1 ' +
  "OR t.name = N'timestamp' THEN N'1' ELSE N'0' END FROM sys.columns c JOIN sys.types t ON t.user_type_id = c.system_type_id " +
  `WHERE c.object_id = OBJECT_ID(${objectName}) ORDER BY c.column_id`;

export const PRIMARY_KEY = (objectName: string): string =>
  'SELECT c.name FROM sys.indexes i JOIN sys.index_columns k ON k.object_id = i.object_id AND k.index_id = i.index_id ' +
  'JOIN sys.columns c ON c.object_id = k.object_id AND c.column_id = k.column_id WHERE i.is_primary_key = 1 AND i.is_disabled = 0 ' +
  `AND k.key_ordinal > 0 AND i.object_id = OBJECT_ID(${objectName}) ORDER BY k.key_ordinal`;

type BulkType = (typeof TYPES)[keyof typeof TYPES];

export interface BulkColumn {
  readonly type: BulkType;
  readonly options: {
    readonly nullable: true;
    readonly length?: number;
    readonly precision?: number;
    readonly scale?: number;
  };
  /** What the driver's type takes. */
  readonly cell: (value: KustoValue, record: number) => unknown;
}

export function bulkColumn(pair: ColumnPair): BulkColumn {
  const { source, target } = pair;
  const text = textWriter(pair, LIMITS);
  const { base } = target as SqlColumn & { readonly base?: string };
  const refuse = (record: number, why: string): KustoError =>
    new KustoError(
      'Sql_ValueNotStorable',
      `Record ${record}, column '${source.name}': ${why}. Nothing of the run was written. Widen the column, or change the value in the query.`,
    );
  const column = (type: BulkType, cell: BulkColumn['cell'], options: Omit<BulkColumn['options'], 'nullable'> = {}) => ({
    type,
    cell,
    options: { nullable: true as const, ...options },
  });
  const unlessNull =
    (cell: (value: NonNullable<KustoValue>, record: number) => unknown): BulkColumn['cell'] =>
    (value, record) =>
      value === null ? null : cell(value, record);
  const { precision = 38, scale = 7 } = target;
  switch (target.kind) {
    case 'bool':
      return column(TYPES.Bit, (value) => value);
    case 'int32':
      return column(TYPES.Int, (value) => value);
    case 'int64':
      return column(
        TYPES.BigInt,
        unlessNull((value) => BigInt(value as bigint | number)),
      );
    case 'float64':
      return column(
        TYPES.Float,
        unlessNull((value, record) => (text(value, record), value)),
      );
    case 'decimal':
      return column(
        base === 'numeric'
          ? { ...EXACT_DECIMAL, declaration: () => `numeric(${precision}, ${target.scale ?? 0})` }
          : EXACT_DECIMAL,
        unlessNull((value, record) => text(String(value), record)),
        { precision, scale: target.scale ?? 0 },
      );
    case 'datetime':
      if (base === 'datetime' || base === 'smalldatetime') {
        return column(
          base === 'datetime' ? TYPES.DateTime : TYPES.SmallDateTime,
          unlessNull((value, record) => {
            if ((value as bigint) < DATETIME_FROM) throw refuse(record, `${base} begins with the year 1753`);
            return new Date(Number(((value as bigint) - UNIX_EPOCH_TICKS) / 10_000n));
          }),
        );
      }
      return column(base === 'datetimeoffset' ? EXACT_DATETIMEOFFSET : EXACT_DATETIME2, (value) => value, { scale });
    case 'time':
      return column(
        EXACT_TIME,
        unlessNull((value, record) => (text(value, record), value)),
        { scale },
      );
    case 'guid':
      return column(TYPES.UniqueIdentifier, (value) => value);
    default: {
      const { length } = target;
      return column(
        base === 'nchar' ? TYPES.NChar : TYPES.NVarChar,
        unlessNull((value, record) => {
          const said = String(value);
          if (length === undefined || said.length <= length) return said;
          throw refuse(record, `${target.type} cannot hold a text of ${said.length} characters`);
        }),
        { length: length ?? Infinity },
      );
    }
  }
}

/** Text that keeps every digit: the driver's own values of these types do not. */
export function readable({ source, target }: ColumnPair): string {
  const name = SQL_SERVER.quote(target.name);
  const { base } = target as SqlColumn & { readonly base?: string };
  switch (target.kind) {
    case 'float64':
      // Style 3: seventeen digits.
      return `CONVERT(nvarchar(40), ${name}, 3)`;
    case 'float32':
      return `CONVERT(nvarchar(40), CONVERT(float, ${name}), 3)`;
    case 'datetime':
      return base === 'datetimeoffset'
        ? `CONVERT(nvarchar(40), CONVERT(datetime2(7), SWITCHOFFSET(${name}, N'+00:00')), 126)`
        : `CONVERT(nvarchar(40), CONVERT(datetime2(7), ${name}), 126)`;
    case 'date':
      return `CONVERT(nvarchar(40), ${name}, 23)`;
    case 'time':
      return source.type === 'timespan'
        ? `CONVERT(nvarchar(40), DATEDIFF_BIG(nanosecond, CONVERT(time(7), N'00:00:00'), CONVERT(time(7), ${name})) / 100)`
        : `CONVERT(nvarchar(40), ${name})`;
    case 'text':
    case 'narrow':
    case 'other':
      return `CONVERT(nvarchar(max), ${name})`;
    default:
      return `CONVERT(nvarchar(60), ${name})`;
  }
}
