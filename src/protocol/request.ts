import { z } from 'zod';
import { KustoError } from '../errors/index.js';
import { decodeOptions } from './options.js';

/** Where a request goes that names no database, as with the reference. */
const DEFAULT_DATABASE = 'NetDefaultDB';

export interface WireRequest {
  readonly database: string;
  readonly text: string;
  /** By the reference's names, checked for type (see options.ts). */
  readonly options: Readonly<Record<string, unknown>>;
  /** Numbers and booleans as KQL literals; strings as they came (a literal, or the value of a string parameter). */
  readonly parameters: Readonly<Record<string, string>>;
  readonly clientRequestId: string | undefined;
}

const Properties = z.object({
  Options: z.record(z.string(), z.unknown()).nullish(),
  Parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).nullish(),
  ClientRequestId: z.string().nullish(),
});

const Body = z.object({
  db: z.string().nullish(),
  csl: z.string(),
  properties: z.union([z.string(), z.record(z.string(), z.unknown())]).nullish(),
});

/** Body of a POST, or query string of a GET: `{db, csl, properties}`. Throws General_BadRequest. */
export function decodeRequest(raw: unknown): WireRequest {
  const body = check(Body, raw, 'request');
  if (body.csl.trim() === '') throw new KustoError('General_BadRequest', `The request has no text in 'csl'`);
  const properties = check(Properties, propertiesBag(body.properties), 'properties');
  return {
    database: body.db?.trim() || DEFAULT_DATABASE,
    text: body.csl,
    options: decodeOptions(properties.Options ?? {}),
    parameters: Object.fromEntries(Object.entries(properties.Parameters ?? {}).map(([k, v]) => [k, String(v)])),
    clientRequestId: properties.ClientRequestId ?? undefined,
  };
}

/** Python, and GET requests, send the bag as JSON in a string. */
function propertiesBag(properties: string | Record<string, unknown> | null | undefined): unknown {
  if (typeof properties !== 'string') return properties ?? {};
  if (properties.trim() === '') return {};
  try {
    return JSON.parse(properties) ?? {};
  } catch {
    throw new KustoError('General_BadRequest', `The request's 'properties' are not valid JSON`);
  }
}

function check<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const path = issue?.path.length ? ` at '${issue.path.join('.')}'` : '';
  throw new KustoError('General_BadRequest', `The ${what} is not well formed${path}: ${issue?.message ?? 'invalid'}`);
}

/** True for a dot-command, whatever white space and comments come before it. */
export function isCommand(text: string): boolean {
  // A piece at a time: one expression for all of them overflows the stack on megabytes of them.
  const trivia = /[\s\uFEFF]+|\/\/[^\n]*/y;
  let at = 0;
  while (trivia.test(text)) at = trivia.lastIndex;
  return text[at] === '.';
}
