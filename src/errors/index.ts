export { CATALOGUE, type ErrorCode } from './catalogue.js';
export type { ErrorEntry } from './entry.js';
export { KustoError, type Span } from './kusto-error.js';
