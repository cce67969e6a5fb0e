import type { ErrorEntry } from '../entry.js';

export const COMMAND_ERRORS = {} as const satisfies Record<string, ErrorEntry>;
