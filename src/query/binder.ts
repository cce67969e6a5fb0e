import { bind } from '../language/bind.js';
import { LongLists } from '../language/long-lists.js';
import type { BoundRequest } from '../plan/index.js';
import { BindThreads, type BindRequest } from './bind-threads.js';
import { bindClosed } from './closed.js';

/** Characters, long lists of literals not counted, from which on a thread binds the text: a tenth of a second's work or more. */
const LONG = 16_384;

/** Binds requests: short texts at once, long ones beside the main thread. */
export class Binder {
  private readonly threads = new BindThreads();

  /** Throws KustoError as `bind` does, and what the signal means when it fires. */
  bind(request: BindRequest, signal: AbortSignal): Promise<BoundRequest> {
    const { text, schema, facts, parameters, options, rows } = request;
    const values = Object.values(parameters).reduce((sum, value) => sum + value.length, 0);
    const lists = text.length > LONG ? new LongLists(text) : undefined;
    if (text.length - (lists?.length ?? 0) + values > LONG) return this.threads.bind(request, signal);
    return bindClosed(
      text,
      (closed) => bind(closed, schema, facts, parameters, options, closed === text ? lists : undefined),
      rows,
    );
  }

  close(): Promise<void> {
    return this.threads.close();
  }
}
