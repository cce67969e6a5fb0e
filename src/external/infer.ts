import { parseDatetime, parseGuid, parseTimespan, type ColumnSchema, type KustoType } from '../values/index.js';

/** Seconds since 1970 between which a number is taken for a time: the years 1990 to 2099. */
const FIRST = 631_152_000;
const LAST = 4_102_444_800;
const UNITS = [
  ['Seconds', 1],
  ['Milliseconds', 1e3],
  ['Microseconds', 1e6],
  ['Nanoseconds', 1e9],
] as const;

interface Seen {
  type: KustoType | undefined;
  least: number;
  most: number;
}

/** Guesses the columns of files from some of their records. */
export class SchemaInference {
  private readonly seen = new Map<string, Seen>();

  /** A column that the file itself gives a type. */
  declare({ name, type }: ColumnSchema): void {
    this.meet(name, type);
  }

  /** A field of delimited text. */
  addText(name: string, text: string): void {
    this.meet(name, typeOfField(text.trim()), Number(text));
  }

  /** A property of a JSON object. */
  addJson(name: string, value: unknown): void {
    this.meet(name, typeOfJson(value), typeof value === 'number' ? value : NaN);
  }

  columns(): ColumnSchema[] {
    return [...this.seen].map(([name, { type }]) => ({ name, type: type ?? 'string' }));
  }

  /** The JSON of `infer_storage_schema_with_suggestions`. */
  suggestions(): string {
    const columns = this.columns().map((column) => {
      const transformation = column.type === 'long' ? this.timeUnit(column.name) : undefined;
      const isId = column.type === 'long' && /id$/i.test(column.name);
      const recommended = isId ? 'string' : transformation ? 'datetime' : column.type;
      return {
        OriginalColumn: described(column),
        RecommendedColumn: described({ name: column.name, type: recommended }),
        ApplicableTransformationMapping: !isId && transformation ? `DateTimeFromUnix${transformation}` : 'None',
      };
    });
    return JSON.stringify({ Columns: columns });
  }

  private meet(name: string, type: KustoType | undefined, value = NaN): void {
    const seen = this.seen.get(name) ?? { type: undefined, least: Infinity, most: -Infinity };
    seen.type = merged(seen.type, type);
    if (value < seen.least) seen.least = value;
    if (value > seen.most) seen.most = value;
    this.seen.set(name, seen);
  }

  /** The unit in which all of a column's numbers are times. */
  private timeUnit(name: string): string | undefined {
    const { least, most } = this.seen.get(name)!;
    return UNITS.find(([, scale]) => least >= FIRST * scale && most <= LAST * scale)?.[0];
  }
}

function merged(a: KustoType | undefined, b: KustoType | undefined): KustoType | undefined {
  if (a === undefined || b === undefined || a === b) return a ?? b;
  const types = new Set([a, b]);
  if (types.has('dynamic')) return 'dynamic';
  const isAmong = (...among: readonly KustoType[]): boolean => [a, b].every((type) => among.includes(type));
  if (isAmong('int', 'long')) return 'long';
  if (isAmong('int', 'long', 'real')) return 'real';
  return isAmong('int', 'long', 'real', 'decimal') ? 'decimal' : 'string';
}

function typeOfField(text: string): KustoType | undefined {
  if (text === '') return undefined;
  if (/^(true|false)$/i.test(text)) return 'bool';
  // With zeros before it, a number is a code.
  if (/^[+-]?(0|[1-9]\d*)$/.test(text)) return BigInt.asIntN(64, BigInt(text)) === BigInt(text) ? 'long' : 'decimal';
  if (/^[+-]?(\d+\.\d*|\.\d+|\d+(?=e))(e[+-]?\d+)?$/i.test(text)) return 'real';
  if (/^[{[]/.test(text) && isJson(text)) return 'dynamic';
  return typeOfString(text);
}

function typeOfJson(value: unknown): KustoType | undefined {
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'number':
      return Number.isInteger(value) ? 'long' : 'real';
    case 'string':
      return value === '' ? undefined : typeOfString(value);
    default:
      return value === null || value === undefined ? undefined : 'dynamic';
  }
}

function typeOfString(text: string): KustoType {
  if (/^[\da-f]{8}-/i.test(text) && parseGuid(text) !== undefined) return 'guid';
  if (/^\d{4}-\d\d?-\d\d?/.test(text) && parseDatetime(text) !== undefined) return 'datetime';
  if (/^-?(\d+\.)?\d\d?:\d\d(:\d\d(\.\d+)?)?$/.test(text) && parseTimespan(text) !== undefined) return 'timespan';
  return 'string';
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function described({ name, type }: ColumnSchema) {
  const isNumeric = ['int', 'long', 'real', 'decimal'].includes(type);
  const isSummable = isNumeric || type === 'datetime' || type === 'timespan';
  return { Name: name, CslType: { type, IsNumeric: isNumeric, IsSummable: isSummable } };
}
