import { z } from 'zod';
import type { ColumnSchema, KustoType } from '../../values/index.js';
import { damaged, type DeltaMetadata } from './actions.js';

/** A column of a Delta table. */
export interface DeltaField {
  readonly name: string;
  /** A primitive's name, or the object of an array, map or struct. */
  readonly type: string | object;
  readonly nullable: boolean;
  readonly metadata: Readonly<Record<string, unknown>>;
}

const structType = z.object({
  type: z.literal('struct'),
  fields: z.array(
    z.object({
      name: z.string(),
      type: z.union([z.string(), z.record(z.string(), z.unknown())]),
      nullable: z.boolean(),
      metadata: z.record(z.string(), z.unknown()).default({}),
    }),
  ),
});

/** In the table's order, partition columns among them. Throws DeltaTable_LogDamaged. */
export function fieldsOf(metadata: Pick<DeltaMetadata, 'schemaString'>): readonly DeltaField[] {
  let value: unknown;
  try {
    value = JSON.parse(metadata.schemaString);
  } catch {
    throw damaged('the schema in its metadata is no JSON');
  }
  const parsed = structType.safeParse(value);
  if (!parsed.success) throw damaged('the schema in its metadata is no struct');
  return parsed.data.fields;
}

export const typeText = (type: DeltaField['type']): string => (typeof type === 'string' ? type : JSON.stringify(type));

const FROM_DELTA: Readonly<Record<string, KustoType>> = {
  string: 'string',
  long: 'long',
  integer: 'int',
  short: 'int',
  byte: 'int',
  float: 'real',
  double: 'real',
  boolean: 'bool',
  date: 'datetime',
  timestamp: 'datetime',
  timestamp_ntz: 'datetime',
};

/** The Kusto type that a column is inferred as; undefined: it has none (binary, void, variant, …). */
export function inferredType({ type }: DeltaField): KustoType | undefined {
  if (typeof type !== 'string') return 'dynamic';
  return type.startsWith('decimal') ? 'decimal' : FROM_DELTA[type];
}

/** Types that a schema may name for a column whose inferred type is another: every value has its place there. */
const ALSO: Partial<Readonly<Record<KustoType, readonly KustoType[]>>> = {
  string: ['guid', 'dynamic'],
  int: ['long'],
  // An export writes ticks.
  long: ['timespan'],
};

export function isReadableAs(field: DeltaField, type: KustoType): boolean {
  const inferred = inferredType(field);
  return inferred !== undefined && (inferred === type || (ALSO[inferred]?.includes(type) ?? false));
}

/** The type that an export writes a column as: what the files then hold. */
const TO_DELTA: Readonly<Record<KustoType, string>> = {
  bool: 'boolean',
  datetime: 'timestamp',
  dynamic: 'string',
  guid: 'string',
  int: 'integer',
  long: 'long',
  real: 'double',
  string: 'string',
  timespan: 'long',
  decimal: 'decimal(38,18)',
};

export const writtenType = (type: KustoType): string => TO_DELTA[type];

/** The schema of a table that an export makes. */
export function schemaString(columns: readonly ColumnSchema[]): string {
  const fields = columns.map(({ name, type }) => ({ name, type: TO_DELTA[type], nullable: true, metadata: {} }));
  return JSON.stringify({ type: 'struct', fields });
}
