import { KustoError } from '../../errors/index.js';
import { damaged, type AddFile } from './actions.js';

/** The path is a URL, relative to the table. */
export function nameOf({ path }: Pick<AddFile, 'path'>): string {
  if (/^[a-z][a-z0-9+.-]*:/i.test(path) || path.startsWith('/')) {
    throw new KustoError(
      'DeltaTable_FeatureNotSupported',
      `The Delta table names a file outside of its folder ('${path}'), as a shallow clone does: make a deep clone of it.`,
    );
  }
  try {
    return decodeURIComponent(path);
  } catch {
    throw damaged(`the path '${path}' is no URL`);
  }
}

/** As a path in the log, which `nameOf` reads back. */
export const pathOf = (name: string): string => encodeURI(name).replace(/[?#]/g, encodeURIComponent);
