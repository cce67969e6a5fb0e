import type { ErrorCode } from './catalogue.js';
import { CATALOGUE } from './catalogue.js';

/** A place in the text that the caller sent: character offsets, end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Every error that a caller may see. The code decides the HTTP status, whether a retry can help, and the type name
 * that clients of the reference service know; the message names the construct and, where there is one, the cure.
 * Anything else that is thrown is a defect of ours.
 */
export class KustoError extends Error {
  override readonly name = 'KustoError';
  readonly span: Span | undefined;

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: { readonly span?: Span; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.span = options.span;
  }

  get status(): number {
    return CATALOGUE[this.code].status;
  }

  /** True when sending the same request again cannot succeed. */
  get permanent(): boolean {
    return CATALOGUE[this.code].permanent;
  }

  /** The reference service's exception type, for the `@type` of error bodies. */
  get type(): string {
    return CATALOGUE[this.code].type;
  }
}
