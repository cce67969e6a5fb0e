import type { ErrorEntry } from '../entry.js';

export const INGESTION_ERRORS = {} as const satisfies Record<string, ErrorEntry>;
