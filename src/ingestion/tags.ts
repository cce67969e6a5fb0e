import { KustoError } from '../errors/index.js';
import type { Catalog } from '../catalog/catalog.js';

/** The JSON array of strings that the properties `tags` and `ingestIfNotExists` carry. */
export function parseTags(property: string, text: string): readonly string[] {
  try {
    // The reference's own examples use single quotes too.
    const parsed: unknown = JSON.parse(text.trimStart().startsWith("['") ? text.replaceAll("'", '"') : text);
    if (Array.isArray(parsed) && parsed.every((tag) => typeof tag === 'string')) return parsed;
  } catch {
    // Told below.
  }
  throw new KustoError('BadRequest_MalformedIngestionProperty', `${property} is a JSON array of strings: ["a", "b"].`);
}

/** Whether the table has data that was tagged `ingest-by:` with one of the names. */
export async function isIngested(catalog: Catalog, tableId: string, names: readonly string[]): Promise<boolean> {
  if (names.length === 0) return false;
  const wanted = new Set(names.map((name) => `ingest-by:${name}`));
  const extents = await catalog.extents(tableId);
  return extents.some((extent) => extent.tags.some((tag) => wanted.has(tag)));
}
