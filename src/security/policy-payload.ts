import type { z } from 'zod';
import { KustoError, type ErrorCode } from '../errors/index.js';

/**
 * A policy command's payload: a JSON array of objects. Property names are compared without case, as the reference
 * does; the schema's keys are lower case. Throws the code given, with the place of the first fault.
 */
export function parsePolicyArray<S extends z.ZodType>(
  text: string,
  schema: S,
  code: ErrorCode,
  policy: string,
): readonly z.output<S>[] {
  const fault = (why: string) => new KustoError(code, `The ${policy} policy is not valid: ${why}.`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw fault('it must be a JSON array of objects');
  }
  if (!Array.isArray(value)) throw fault('it must be a JSON array of objects');
  return value.map((item: unknown, index) => {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) {
      throw fault(`element ${index} must be an object`);
    }
    const lowered = Object.fromEntries(
      Object.entries(item).map(([key, inner]) => [key.toLowerCase(), inner as unknown]),
    );
    const parsed = schema.safeParse(lowered);
    if (!parsed.success) throw fault(`element ${index}: ${parsed.error.issues[0]?.message ?? 'not understood'}`);
    return parsed.data;
  });
}
