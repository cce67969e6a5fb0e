import type { ErrorEntry } from '../entry.js';

export const SECURITY_ERRORS = {} as const satisfies Record<string, ErrorEntry>;
