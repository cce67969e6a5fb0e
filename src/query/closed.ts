import { KustoError } from '../errors/index.js';
import { TextNeeded } from '../language/text-needed.js';
import type { BoundRequest, Relation } from '../plan/index.js';
import type { KustoValue } from '../values/index.js';

interface Insertion {
  readonly at: number;
  readonly removed: number;
  readonly added: number;
}

/** Places of one request that are completed. */
const MAX_INSERTIONS = 32;

/**
 * Binds a request whose operators may need to see data before their columns are known: each probe runs, its schema is
 * written into the text as the user could have written it, and the text is bound again. Errors keep the places of the
 * text as it was given.
 */
export async function bindClosed(
  text: string,
  bind: (text: string) => BoundRequest,
  run: (probe: Relation) => Promise<readonly (readonly KustoValue[])[]>,
): Promise<BoundRequest> {
  let current = text;
  const insertions: Insertion[] = [];
  try {
    while (insertions.length <= MAX_INSERTIONS) {
      const needed = attempt(() => bind(current));
      if (!(needed instanceof TextNeeded)) return needed;
      const added = needed.textOf(needed.probe ? await run(needed.probe) : []);
      current = current.slice(0, needed.at) + added + current.slice(needed.end);
      insertions.push({ at: needed.at, removed: needed.end - needed.at, added: added.length });
    }
  } catch (error) {
    throw relocated(error, insertions);
  }
  throw new KustoError('CAL0001', `More than ${MAX_INSERTIONS} operators without an output schema are not supported.`);
}

function attempt(bind: () => BoundRequest): BoundRequest | TextNeeded {
  try {
    return bind();
  } catch (error) {
    if (error instanceof TextNeeded) return error;
    throw error;
  }
}

/** The error with its place in the text before the insertions, the last of which is undone first. */
function relocated(error: unknown, insertions: readonly Insertion[]): unknown {
  if (!(error instanceof KustoError) || !error.span || insertions.length === 0) return error;
  const back = (position: number): number =>
    insertions.reduceRight(
      (at, { at: start, removed, added }) => (at <= start ? at : Math.max(start, at - added + removed)),
      position,
    );
  const span = { start: back(error.span.start), end: back(error.span.end) };
  return new KustoError(error.code, error.message, { span, cause: error });
}
