import { SqlFault, Transaction, type Column, type Row, type Store, type Table } from './store.js';

/** Who runs a statement, and in which transaction. */
export interface Session {
  readonly user: string;
  transaction: Transaction | undefined;
}

export interface Result {
  readonly columns: number;
  readonly rows: readonly Row[];
}

const NOTHING: Result = { columns: 0, rows: [] };

/** Runs a statement of a form that is known; throws SqlFault. */
export async function runStatement(store: Store, session: Session, text: string): Promise<Result> {
  const statement = text.trim();
  for (const [form, run] of FORMS) {
    const match = form.exec(statement);
    if (match) return run(store, session, match.groups ?? {});
  }
  throw new SqlFault(102, `Incorrect syntax: this front does not know the statement: ${statement.slice(0, 200)}`);
}

type Groups = Readonly<Record<string, string>>;
type Run = (store: Store, session: Session, groups: Groups) => Result | Promise<Result>;

const FORMS: readonly (readonly [RegExp, Run])[] = [
  [/^set\s/i, () => NOTHING],
  [/FROM sys\.columns c .*OBJECT_ID\(N'(?<table>[^']+)'\)/s, describe],
  [/FROM sys\.indexes i .*OBJECT_ID\(N'(?<table>[^']+)'\)/s, primaryKey],
  [
    /^(?:IF OBJECT_ID\(N'(?<unless>[^']+)', N'U'\) IS NULL )?CREATE TABLE (?<table>\S+) \((?<columns>.*)\)$/is,
    createTable,
  ],
  [/^DROP TABLE (?:IF EXISTS )?(?<table>\S+)$/i, dropTable],
  [/^INSERT INTO (?<table>\S+) \((?<columns>[^)]*)\) VALUES \((?<values>.*)\)$/is, insert],
  [/^SELECT count\(\*\) FROM (?<table>\S+)$/i, count],
  [
    /^SELECT (?:TOP \((?<top>\d+)\) )?(?<list>.*) FROM (?<table>\S+)(?: WHERE (?<where>.*?))?(?: ORDER BY (?<order>.*))?$/is,
    select,
  ],
  [
    /^CREATE USER (?<user>\w+) PASSWORD (?<password>\w+)$/,
    (store, _session, { user, password }) => (store.users.set(user!, password!), NOTHING),
  ],
  [
    /^GRANT INSERT ON (?<table>\S+) TO (?<user>\w+)$/,
    (store, _session, { table, user }) => (store.grants.add(`${user}/${table!.toLowerCase()}`), NOTHING),
  ],
];

/** `[dbo].[T]` and `T` alike: there is one schema. */
export function tableName(text: string): string {
  const parts = text.match(/\[(?:[^\]]|\]\])+\]|[^.[\]]+/g) ?? [];
  return (parts.at(-1) ?? '').replace(/^\[|\]$/g, '').replaceAll(']]', ']');
}

function describe(store: Store, { user }: Session, { table }: Groups): Result {
  const found = store.visible(tableName(table!), user);
  const rows = (found?.columns ?? []).map((column) => [
    column.name,
    column.type,
    String(column.maxLength),
    String(column.precision),
    String(column.scale),
    column.nullable ? '1' : '0',
    column.hasDefault ? '1' : '0',
  ]);
  return { columns: 7, rows };
}

function primaryKey(store: Store, _session: Session, { table }: Groups): Result {
  return { columns: 1, rows: (store.table(tableName(table!))?.primaryKey ?? []).map((name) => [name]) };
}

function createTable(store: Store, { user }: Session, { unless, table, columns }: Groups): Result {
  const name = tableName(table!);
  if (store.table(name) !== undefined) {
    if (unless !== undefined) return NOTHING;
    throw new SqlFault(2714, `There is already an object named '${name}' in the database.`);
  }
  if (!store.owners.has(user)) throw new SqlFault(262, 'CREATE TABLE permission denied in database.');
  const parts = split(columns!);
  const key = parts.map((part) => /^PRIMARY KEY \((.*)\)$/i.exec(part)?.[1]).find((found) => found !== undefined);
  const own = parts.filter((part) => !/^PRIMARY KEY/i.test(part)).map(columnOf);
  const inline = own.filter(({ isKey }) => isKey).map(({ column }) => column.name);
  store.tables.set(name.toLowerCase(), {
    name,
    columns: own.map(({ column }) => column),
    primaryKey: key === undefined ? inline : split(key).map(tableName),
    rows: [],
    keys: new Set(),
    holder: undefined,
    waiting: [],
  });
  return NOTHING;
}

function columnOf(text: string): { readonly column: Column; readonly isKey: boolean } {
  const [, name = '', type = '', size, scale = '0', rest = ''] =
    /^(\[(?:[^\]]|\]\])+\]|\w+)\s+(\w+)(?:\((\w+)(?:,\s*(\d+))?\))?(.*)$/s.exec(text.trim()) ?? [];
  const base = type.toLowerCase() === 'integer' ? 'int' : type.toLowerCase();
  const isText = base === 'nvarchar' || base === 'nchar';
  const isKey = /PRIMARY KEY/i.test(rest);
  return {
    isKey,
    column: {
      name: tableName(name),
      type: base,
      maxLength: size === 'max' ? -1 : isText ? 2 * Number(size ?? 1) : Number(size ?? 8),
      precision: base === 'decimal' ? Number(size ?? 18) : 0,
      scale: base === 'decimal' ? Number(scale) : base === 'datetime2' ? Number(size ?? 7) : 0,
      nullable: !isKey && !/NOT NULL/i.test(rest),
      hasDefault: /DEFAULT/i.test(rest),
    },
  };
}

function dropTable(store: Store, _session: Session, { table }: Groups): Result {
  store.tables.delete(tableName(table!).toLowerCase());
  return NOTHING;
}

/** Runs in the session's transaction, or in one of its own. */
async function within<T>(session: Session, table: Table, work: (transaction: Transaction) => T): Promise<T> {
  const transaction = session.transaction ?? new Transaction();
  await transaction.lock(table);
  let isKept = false;
  try {
    const result = work(transaction);
    isKept = true;
    return result;
  } finally {
    if (session.transaction === undefined) transaction.end(isKept);
  }
}

function writable(store: Store, { user }: Session, name: string): Table {
  const table = store.table(name);
  if (table === undefined) throw new SqlFault(208, `Invalid object name '${name}'.`);
  if (store.mayInsert(name, user)) return table;
  throw new SqlFault(229, `The INSERT permission was denied on the object '${name}'.`);
}

async function insert(store: Store, session: Session, { table, columns, values }: Groups): Promise<Result> {
  const target = writable(store, session, tableName(table!));
  const names = split(columns!).map(tableName);
  const given = split(values!).map((value) => /^N?'(.*)'$/s.exec(value)?.[1]?.replaceAll("''", "'") ?? value);
  await within(session, target, (transaction) =>
    transaction.insert(
      target,
      target.columns.map(({ name }) => given[names.indexOf(name)] ?? null),
    ),
  );
  return NOTHING;
}

/** Rows of a BULK LOAD; one that fails takes the others of the load back with its transaction. */
export async function insertBulk(
  store: Store,
  session: Session,
  statement: string,
  rows: readonly Row[],
): Promise<number> {
  const { table, columns } = /^insert bulk (?<table>\S+?)\((?<columns>.*?)\)(?: WITH \(.*\))?$/is.exec(
    statement,
  )!.groups!;
  const target = writable(store, session, tableName(table!));
  const names = split(columns!).map((column) => tableName(/^\[(?:[^\]]|\]\])+\]/.exec(column)![0]));
  const positions = target.columns.map(({ name }) => names.indexOf(name));
  await within(session, target, (transaction) => {
    for (const row of rows) {
      transaction.insert(
        target,
        positions.map((position) => row[position] ?? null),
      );
    }
  });
  return rows.length;
}

async function count(store: Store, session: Session, { table }: Groups): Promise<Result> {
  const found = readable(store, session, table!);
  return { columns: 1, rows: [[String((await settled(session, found)).length)]] };
}

function readable(store: Store, { user }: Session, name: string): Table {
  const table = store.table(tableName(name));
  if (table === undefined) throw new SqlFault(208, `Invalid object name '${tableName(name)}'.`);
  if (store.owners.has(user)) return table;
  throw new SqlFault(229, `The SELECT permission was denied on the object '${table.name}'.`);
}

/** Committed rows: a reader waits for a writer. */
const settled = (session: Session, table: Table): Promise<readonly Row[]> =>
  within(session, table, () => [...table.rows]);

async function select(store: Store, session: Session, { top, list, table, where, order }: Groups): Promise<Result> {
  const found = readable(store, session, table!);
  const positionOf = (text: string): number => {
    const name = /\[((?:[^\]]|\]\])+)\]/.exec(text)?.[1]?.replaceAll(']]', ']') ?? text.trim();
    return found.columns.findIndex((column) => column.name === name);
  };
  // Each is a column, or a CONVERT of one to the text that is kept here.
  const items = list === '1' ? [] : split(list!).map(positionOf);
  if (items.includes(-1)) throw new SqlFault(207, `Invalid column name in '${list}'.`);
  const tests = (where === undefined ? [] : where.split(/ AND /)).map((text) => testOf(text, found, positionOf));
  let rows = (await settled(session, found)).filter((row) => tests.every((test) => test(row)));
  if (order !== undefined) {
    const by = positionOf(order);
    rows = [...rows].sort((a, b) => ((a[by] ?? '') < (b[by] ?? '') ? -1 : 1));
  }
  if (top !== undefined) rows = rows.slice(0, Number(top));
  return {
    columns: Math.max(1, items.length),
    rows: rows.map((row) => (list === '1' ? ['1'] : items.map((item) => row[item]!))),
  };
}

function testOf(text: string, table: Table, positionOf: (text: string) => number): (row: Row) => boolean {
  const [, name = '', operator = '', rest = ''] = /^(\[(?:[^\]]|\]\])+\]) (IN|>=|<=) (.*)$/s.exec(text) ?? [];
  const position = positionOf(name);
  const type = table.columns[position]?.type ?? '';
  const comparable = (value: string): string | bigint =>
    type === 'bigint' || type === 'int'
      ? BigInt(value)
      : value.toLowerCase().replace(' ', type === 'datetime2' ? 't' : ' ');
  const said = (value: string): string => /N'(.*)'/s.exec(value)?.[1]?.replaceAll("''", "'") ?? value;
  const values = (operator === 'IN' ? split(rest.slice(1, -1)) : [rest]).map((value) => comparable(said(value)));
  return (row) => {
    const held = row[position];
    if (held === null || held === undefined) return false;
    const value = comparable(held);
    if (operator === 'IN') return values.includes(value);
    return operator === '>=' ? value >= values[0]! : value <= values[0]!;
  };
}

/** At commas outside of parentheses, brackets and quotes. */
function split(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let quote = false;
  let part = '';
  for (const character of text) {
    if (character === "'") quote = !quote;
    if (!quote && '(['.includes(character)) depth++;
    if (!quote && ')]'.includes(character)) depth--;
    if (character === ',' && depth === 0 && !quote) {
      parts.push(part.trim());
      part = '';
    } else {
      part += character;
    }
  }
  return [...parts, part.trim()];
}
