import { invalid } from './invalid.js';

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** For `managed_identity=` and SQL's `User Id=`: `system`, or an object id in lower case. */
export function identityOf(value: string): string {
  if (value.toLowerCase() === 'system') return 'system';
  if (!GUID.test(value)) throw invalid('managed_identity is "system" or an object id (a GUID)');
  return value.toLowerCase();
}
