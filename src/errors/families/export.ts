import type { ErrorEntry } from '../entry.js';

export const EXPORT_ERRORS = {} as const satisfies Record<string, ErrorEntry>;
