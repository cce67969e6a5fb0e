import { literal, use, type Call, type Column, type Relation, type Scan } from '../plan/index.js';
import { setting, type Settings } from './settings.js';

const NOWHERE = { start: 0, end: 0 };

export const AFTER_DEFAULT = 'query_cursor_after_default';
export const BEFORE_OR_AT_DEFAULT = 'query_cursor_before_or_at_default';

/** The scan within the window of `query_cursor_scoped_tables`; undefined where the table is not one of them. */
export function cursorWindow(scan: Scan, extent: Column, settings: Settings): Relation | undefined {
  const scoped = setting<string>(settings, 'query_cursor_scoped_tables', 'dynamic');
  if (scoped === undefined || !names(scoped, scan)) return undefined;
  const tests = [
    ['cursor_after', setting<string>(settings, AFTER_DEFAULT, 'string') ?? ''],
    ['cursor_before_or_at', setting<string>(settings, BEFORE_OR_AT_DEFAULT, 'string') ?? ''],
  ] as const;
  return tests.reduce<Relation>(
    (input, [name, cursor]) => ({
      kind: 'filter',
      input,
      predicate: test(name, extent, cursor),
      columns: input.columns,
    }),
    scan,
  );
}

function test(name: string, extent: Column, cursor: string): Call {
  return { kind: 'call', name, args: [use(extent), literal('string', cursor)], type: 'bool', span: NOWHERE };
}

/** Tables are named alone, or with their database as continuous exports show them: `['D'].['T']`. */
function names(json: string, { databaseName, tableName }: Scan): boolean {
  const listed: unknown = JSON.parse(json);
  const wanted = [tableName, `['${tableName}']`, `['${databaseName}'].['${tableName}']`];
  return (Array.isArray(listed) ? listed : [listed]).some((name) => wanted.includes(String(name)));
}
