import type { ErrorEntry } from '../entry.js';

export const STORAGE_ERRORS = {} as const satisfies Record<string, ErrorEntry>;
