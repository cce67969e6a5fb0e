import type { Lowering } from '../../../dialect.js';
import { sql, value, type Sql } from '../../../tree.js';
import { once } from '../once.js';

/** Where in which dynamic value an expression reads: DuckDB's JSON path, or a JSON Pointer, which can be made longer. */
interface Access {
  readonly container: Sql;
  readonly path: string;
}

/** By the SQL that reads, so that what is around it can read in its own way: text at once, a longer path. */
const accesses = new WeakMap<Sql, Access>();

/**
 * A part of a dynamic value as JSON text. Properties by JSON Pointer, not by `$.`: a key may hold any character, and `*`
 * is a wildcard there. But a number would be an index.
 */
export function accessed(container: Sql, path: string, lowering: Lowering): Sql {
  const outer = accesses.get(container);
  const isLonger = outer !== undefined && outer.path.startsWith('/') && path.startsWith('/');
  const access = isLonger ? { container: outer.container, path: outer.path + path } : { container, path };
  const held = once(read(access), lowering, (json) => sql`kql_null_json(${json})`);
  accesses.set(held, access);
  return held;
}

const read = ({ container, path }: Access): Sql => sql`json_extract(${container}, ${value('string', path)})`;

/** The part as JSON text in which null may also stand as `null`: for readers that take it for null themselves. */
export function rawPart(held: Sql): Sql {
  const access = accesses.get(held);
  return access ? sql`CAST(${read(access)} AS VARCHAR)` : held;
}

/** The part as tostring() gives it, or SQL NULL for null; undefined for what is no part of a dynamic value. */
export function partText(held: Sql): Sql | undefined {
  const access = accesses.get(held);
  return access && sql`json_extract_string(${access.container}, ${value('string', access.path)})`;
}
