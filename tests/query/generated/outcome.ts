import { deepStrictEqual } from 'node:assert';
import { KustoError } from '../../../src/errors/index.js';
import { official, type KustoCode } from '../../../src/language/parser.js';
import { toArray } from '../../../src/language/syntax.js';
import { kustoTypeOf, type ColumnSchema, type KustoType, type KustoValue } from '../../../src/values/index.js';
import { openKql, type KqlRunner } from '../run-kql.js';

export interface Answer {
  readonly columns: readonly ColumnSchema[];
  readonly rows: readonly (readonly KustoValue[])[];
}

/** Codes that tell a defect of ours: the engine did not take the SQL, or met a value that it cannot calculate with. */
const DEFECTS = /^(CAL0003|CAL0004|General_)/;

/**
 * Asks queries and holds every answer to what any answer must be: the columns that the official binder promised, values
 * of their types; or a coded refusal.
 */
export class Inquiry {
  private analyzed: KustoCode | undefined;
  private asked = '';

  private constructor(
    private readonly kql: KqlRunner,
    private readonly restore: () => void,
  ) {}

  static async open(): Promise<Inquiry> {
    const { KustoCode } = official().Kusto.Language as unknown as { KustoCode: { ParseAndAnalyze: Analyze } };
    const analyze = KustoCode.ParseAndAnalyze;
    const inquiry = new Inquiry(await openKql(), () => (KustoCode.ParseAndAnalyze = analyze));
    KustoCode.ParseAndAnalyze = (text, globals) => {
      const code = analyze(text, globals);
      // Pieces of a query are analyzed too; only the whole is as long, or longer where a schema was written into it.
      if (text.length >= inquiry.asked.length) inquiry.analyzed = code;
      return code;
    };
    return inquiry;
  }

  async close(): Promise<void> {
    this.restore();
    await this.kql.close();
  }

  /** Undefined where the query is refused. Fails on whatever is neither an answer nor a refusal. */
  async answer(text: string): Promise<Answer | undefined> {
    // A query that was asked before may not be analyzed again.
    this.analyzed = undefined;
    this.asked = text;
    let tables: Answer[];
    try {
      tables = await this.kql.tables(text);
    } catch (error) {
      if (error instanceof KustoError && error.status < 500 && !DEFECTS.test(error.code)) return undefined;
      throw new Error(`${text}\nfailed with: ${String(error)}\n${String((error as Error).cause)}`, { cause: error });
    }
    for (const { columns, rows } of tables)
      for (const row of rows)
        row.forEach((cell, c) => {
          if (!isOfType(cell, columns[c]!.type))
            throw new Error(`${text}\n${columns[c]!.name}: ${String(cell)} is no ${columns[c]!.type}`);
        });
    if (tables.length === 1) this.checkPromise(text, tables[0]!.columns);
    return tables[0];
  }

  private checkPromise(text: string, columns: readonly ColumnSchema[]): void {
    const promised = this.analyzed?.ResultType;
    if (!promised?.Columns || promised.IsOpen || OTHER_COLUMNS.test(text)) return;
    const expected = toArray(promised.Columns).map(({ Name, Type }) => ({
      name: Name,
      type: OTHERWISE_TYPED.test(text) ? undefined : (kustoTypeOf(Type.Name) ?? 'dynamic'),
    }));
    deepStrictEqual(
      columns.map(({ name, type }, c) => ({ name, type: expected[c]?.type && type })),
      expected,
      `${text}\nhas the columns ${JSON.stringify(columns)}, promised were ${JSON.stringify(expected)}`,
    );
  }
}

/** Functions whose type is another one in the reference engine than in its binder; operators with other columns. */
const OTHERWISE_TYPED = /\b(hourofday|jaccard_index|ceiling|datetime_diff)\(|top-hitters \d+ of .* by /;
/**
 * Of a path of any length (`-[e*1..2]->`) the binder does not know the type; the page of reduce gives its kind=source
 * one column more, the binder three; parse-kv replaces a column of the same name.
 */
const OTHER_COLUMNS = /\| (getschema|scan|reduce kind=source|parse-kv)\b|-\[\w*\*/;

type Analyze = (text: string, globals: unknown) => KustoCode;

const INT = 2n ** 31n;
const LONG = 2n ** 63n;
const LAST_DATETIME = 3_155_378_975_999_999_999n;
const within = (value: bigint, low: bigint, high: bigint): boolean => value >= low && value <= high;

function isOfType(value: KustoValue, type: KustoType): boolean {
  if (value === null) return type !== 'string';
  switch (type) {
    case 'bool':
      return typeof value === 'boolean';
    case 'int':
      return Number.isInteger(value) && within(BigInt(value as number), -INT, INT - 1n);
    case 'long':
    case 'timespan':
      return typeof value === 'bigint' && within(value, -LONG, LONG - 1n);
    case 'datetime':
      return typeof value === 'bigint' && within(value, 0n, LAST_DATETIME);
    case 'real':
      return typeof value === 'number';
    case 'decimal':
      return /^-?\d+(\.\d+)?$/.test(value as string);
    case 'guid':
      return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value as string);
    case 'string':
      return typeof value === 'string';
    case 'dynamic':
      return isJson(value as string);
  }
}

function isJson(text: string): boolean {
  try {
    return JSON.parse(text) !== null;
  } catch {
    return false;
  }
}

/** An answer's cells as text, to be compared. */
export const cells = ({ rows, columns }: Answer): string[] =>
  rows.map((row) => row.map((cell, c) => cellText(cell, columns[c]!.type)).join(' | '));

/** Without the order of the rows. */
export const bag = (answer: Answer): string[] => cells(answer).sort();

/**
 * -0 is 0, NaN is like itself, an int like the long of its value; and a number inside of a dynamic value like any other
 * text of it.
 */
function cellText(cell: KustoValue, type: KustoType): string {
  if (type === 'dynamic' && cell !== null) return JSON.stringify(JSON.parse(cell as string));
  return `${typeof cell === 'bigint' ? 'number' : typeof cell}:${Object.is(cell, -0) ? 0 : String(cell)}`;
}
