import { KustoError } from '../errors/index.js';
import { setting, type Settings } from '../language/settings.js';
import type { Relation } from '../plan/index.js';
import type { KustoType, KustoValue } from '../values/index.js';
import type { QueryResult } from './query-service.js';

/** Thrown where the permissions of a query cannot be told before a part of it has run. */
export class NotValidated extends Error {}

/** The answer to a request with `validatepermissions`: the query has been bound to what the caller may see, and not run. */
export function validation(result: 'OK' | 'Incomplete'): QueryResult {
  async function* batches() {
    yield await Promise.resolve({ rowCount: 1, columns: [[result]] });
  }
  return {
    tables: [{ name: 'Table_0', columns: [{ name: 'Result', type: 'string' }], rowCount: 1, batches }],
    visualization: null,
    cursor: null,
    truncation: null,
    close: () => Promise.resolve(),
  };
}

/** Request properties that would change the answer, and that are not built: passing over them would be wrong. */
const UNSUPPORTED: readonly (readonly [string, KustoType, (value: KustoValue) => boolean])[] = [
  ['query_language', 'string', (value) => !['', 'csl', 'kql'].includes(String(value).toLowerCase())],
];

/** `maxoutputcolumns`; without it there is no limit. */
export function refuseTooWide(relations: readonly Relation[], settings: Settings): void {
  const most = setting<bigint>(settings, 'maxoutputcolumns', 'long');
  const widest = Math.max(0, ...relations.map((relation) => relation.columns.length));
  if (most === undefined || widest <= most) return;
  throw new KustoError('E_RUNAWAY_QUERY', `The query yields ${widest} columns, and maxoutputcolumns allows ${most}.`);
}

export function refuseUnsupported(settings: Settings): void {
  for (const [name, type, changes] of UNSUPPORTED) {
    const value = setting(settings, name, type);
    if (value !== undefined && changes(value)) {
      throw new KustoError('CAL0001', `The request property '${name}' is not supported. Send the request without it.`);
    }
  }
}
