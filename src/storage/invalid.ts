import { KustoError } from '../errors/index.js';

/** Never quotes the text: what was meant as an address may hold a secret. */
export function invalid(reason: string): KustoError {
  return new KustoError('Storage_InvalidConnectionString', `The storage connection string is not valid: ${reason}.`);
}
