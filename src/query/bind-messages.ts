import { KustoError, type ErrorCode, type Span } from '../errors/index.js';
import type { RequestFacts } from '../language/context.js';
import type { Schema } from '../language/schema.js';
import type { BoundRequest, Relation } from '../plan/index.js';
import type { KustoValue } from '../values/index.js';

/** What the main thread and a thread that binds say to each other. */

/** What is not known before it is asked for, by name. */
export interface Questions extends Pick<RequestFacts, 'isMemberOf' | 'hasIngestionTime'> {
  /** Rows of a probe (closed.ts). */
  rows(probe: Relation): Promise<readonly (readonly KustoValue[])[]>;
}

export interface BindTask {
  readonly text: string;
  readonly schema: Schema;
  readonly facts: Omit<RequestFacts, keyof Questions>;
  readonly parameters: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, unknown>>;
}

export type Question = {
  [N in keyof Questions]: { readonly name: N; readonly about: Parameters<Questions[N]>[0] };
}[keyof Questions];

export type FromThread =
  | ({ readonly kind: 'question' } & Question)
  | { readonly kind: 'bound'; readonly bound: BoundRequest }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'failed'; readonly error: unknown };

export type Answer =
  { readonly kind: 'value'; readonly value: unknown } | { readonly kind: 'refused'; readonly refusal: Refusal };

/** A KustoError: an error's class and code do not survive the way between threads. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
  readonly span?: Span;
}

export const refusalOf = ({ code, message, span }: KustoError): Refusal => ({ code, message, ...(span && { span }) });

export const errorOf = ({ code, message, span }: Refusal): KustoError =>
  new KustoError(code, message, span && { span });
