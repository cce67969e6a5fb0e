import type { Catalog } from '../catalog/catalog.js';
import type { Extent } from '../catalog/model.js';

/** The next part of the cursor line of some tables: whole extents, `(after, upTo]`. */
export interface Window {
  readonly after: bigint;
  readonly upTo: bigint;
  /** Extents of each table, in the order asked for. */
  readonly tables: readonly (readonly Extent[])[];
  readonly rows: number;
  /** Ticks; everything ingested up to then is in this window or an earlier one. */
  readonly exportedTo: bigint;
  /** True when a bound cut it: the next window is ready now. */
  readonly isBounded: boolean;
}

export interface WindowLimits {
  /** Ticks: extents that were ingested after it wait for a later window. */
  readonly before: bigint;
  /** An extent more than this begins a new window; one extent alone may be larger. */
  readonly maxRows: number;
}

/**
 * Cursors order extents by commit. So the window is a prefix of what lies after `after`: it ends before the first extent
 * that is too young or one too many, even when a later one were old enough.
 */
export async function nextWindow(
  catalog: Pick<Catalog, 'currentCursor' | 'extents'>,
  tableIds: readonly string[],
  after: bigint,
  limits: WindowLimits,
): Promise<Window> {
  // Read first: what commits from here on belongs to a later window, in every table alike.
  const current = catalog.currentCursor();
  const pending = await Promise.all(tableIds.map((id) => catalog.extents(id, { after, upTo: current })));
  const line = pending.flat().sort((a, b) => (a.cursor < b.cursor ? -1 : a.cursor > b.cursor ? 1 : 0));

  let upTo = current > after ? current : after;
  let rows = 0;
  let last: Extent | undefined;
  let stop: Extent | undefined;
  for (const extent of line) {
    const isFull = rows > 0 && rows + extent.rowCount > limits.maxRows && extent.cursor !== last?.cursor;
    if (extent.ingestionTime > limits.before || isFull) {
      stop = extent;
      break;
    }
    rows += extent.rowCount;
    last = extent;
  }
  // Extents of one commit may share a cursor: never end between them.
  if (stop !== undefined) upTo = stop.cursor - 1n > after ? stop.cursor - 1n : after;
  const isYoung = stop !== undefined && stop.ingestionTime > limits.before;
  const tables = pending.map((extents) => extents.filter((extent) => extent.cursor <= upTo));
  return {
    after,
    upTo,
    tables,
    rows: tables.flat().reduce((sum, extent) => sum + extent.rowCount, 0),
    exportedTo: stop === undefined || isYoung ? limits.before : (last?.ingestionTime ?? limits.before),
    isBounded: stop !== undefined && !isYoung,
  };
}
