import type { ServerError } from './tokens.js';

/** Thrown for what the server answers with an ERROR token. */
export class SqlFault extends Error {
  constructor(
    readonly number: number,
    message: string,
  ) {
    super(message);
  }
  get token(): ServerError {
    return { number: this.number, message: this.message };
  }
}

export interface Column {
  readonly name: string;
  /** `bigint`, `nvarchar`, … */
  readonly type: string;
  readonly maxLength: number;
  readonly precision: number;
  readonly scale: number;
  readonly nullable: boolean;
  readonly hasDefault: boolean;
}

export type Row = readonly (string | null)[];

export interface Table {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly primaryKey: readonly string[];
  rows: Row[];
  readonly keys: Set<string>;
  /** Who writes to it, and who waits. */
  holder: Transaction | undefined;
  readonly waiting: (() => void)[];
}

/** What one transaction has written, to be taken back. */
export class Transaction {
  readonly held = new Set<Table>();
  private readonly written: { readonly table: Table; readonly row: Row; readonly key: string | undefined }[] = [];

  /** Waits for whoever writes to the table. */
  async lock(table: Table): Promise<void> {
    while (table.holder !== undefined && table.holder !== this) {
      await new Promise<void>((resolve) => table.waiting.push(resolve));
    }
    table.holder = this;
    this.held.add(table);
  }

  insert(table: Table, row: Row): void {
    const name = table.name;
    for (const [index, column] of table.columns.entries()) {
      if (row[index] !== null || column.nullable || column.hasDefault) continue;
      throw new SqlFault(
        515,
        `Cannot insert the value NULL into column '${column.name}', table '${name}'; column does not allow nulls.`,
      );
    }
    const key = keyOf(table, row);
    if (key !== undefined) {
      if (table.keys.has(key))
        throw new SqlFault(
          2627,
          `Violation of PRIMARY KEY constraint. Cannot insert duplicate key in object '${name}'.`,
        );
      table.keys.add(key);
    }
    table.rows.push(row);
    this.written.push({ table, row, key });
  }

  end(isKept: boolean): void {
    if (!isKept) {
      const gone = new Set(this.written.map(({ row }) => row));
      for (const { table, key } of this.written) if (key !== undefined) table.keys.delete(key);
      for (const table of this.held) table.rows = table.rows.filter((row) => !gone.has(row));
    }
    for (const table of this.held) {
      table.holder = undefined;
      for (const wake of table.waiting.splice(0)) wake();
    }
    this.held.clear();
    this.written.length = 0;
  }
}

function keyOf(table: Table, row: Row): string | undefined {
  if (table.primaryKey.length === 0) return undefined;
  const values = table.primaryKey.map((name) => row[table.columns.findIndex((column) => column.name === name)] ?? null);
  return JSON.stringify(values).toLowerCase();
}

/** Tables of one database, and who may do what. */
export class Store {
  readonly tables = new Map<string, Table>();
  /** Passwords by user; object ids of tokens stand for users by themselves. */
  readonly users = new Map<string, string>();
  /** `user/table`: may insert. Owners may do everything. */
  readonly grants = new Set<string>();
  readonly owners = new Set<string>();

  table(name: string): Table | undefined {
    return this.tables.get(name.toLowerCase());
  }

  /** A table that the user may not touch is not there for it. */
  visible(name: string, user: string): Table | undefined {
    return this.mayInsert(name, user) ? this.table(name) : undefined;
  }

  mayInsert(name: string, user: string): boolean {
    return this.owners.has(user) || this.grants.has(`${user}/${name.toLowerCase()}`);
  }
}
