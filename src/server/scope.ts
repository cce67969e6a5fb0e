import { randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { KustoError } from '../errors/index.js';
import type { RequestIds } from '../protocol/index.js';
import type { Caller } from '../security/caller.js';

/** One request from its arrival to the end of its answer: who it is, and what may end it early. */
export class RequestScope {
  readonly startedAt = new Date();
  readonly activityId = randomUUID();
  clientRequestId: string;
  caller: Caller | undefined;
  /** For the log and for places in error bodies. */
  text = '';
  database = '';
  readonly #abort = new AbortController();
  #reason: KustoError | undefined;
  /** Ends `race`. */
  #stop: (reason: KustoError) => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;
  #resolveEnded: () => void = () => undefined;
  /** Resolves when the answer has gone out, or cannot any more. */
  readonly ended = new Promise<void>((resolve) => (this.#resolveEnded = resolve));

  constructor(request: FastifyRequest, reply: FastifyReply) {
    this.clientRequestId = usableId(request.headers['x-ms-client-request-id']) ?? `unspecified;${randomUUID()}`;
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished) this.abort(new KustoError('General_Cancelled', 'The client has gone away.'));
      this.end();
    });
  }

  /** Aborted with a KustoError as its reason. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get ids(): RequestIds {
    return { clientRequestId: this.clientRequestId, activityId: this.activityId };
  }

  /** The id in the body counts only where the header has none. */
  adoptClientRequestId(id: string | undefined): void {
    if (this.clientRequestId.startsWith('unspecified;')) this.clientRequestId = usableId(id) ?? this.clientRequestId;
  }

  startTimer(milliseconds: number): void {
    this.#timer = setTimeout(() => {
      const seconds = milliseconds / 1000;
      this.abort(
        new KustoError(
          'General_Timeout',
          `The request took longer than its ${seconds} seconds. Narrow it, or raise the request property ` +
            `'servertimeout' (at most 1 hour).`,
        ),
      );
    }, milliseconds);
  }

  abort(reason: KustoError): void {
    if (this.#reason) return;
    this.#reason = reason;
    this.#abort.abort(reason);
    this.#stop(reason);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#resolveEnded();
  }

  /** The work's value, or the reason of an abort as soon as there is one; a value that comes too late is disposed of. */
  async race<T>(work: Promise<T>, dispose: (late: T) => void = () => undefined): Promise<T> {
    const aborted = new Promise<never>((_, reject) => {
      this.#stop = reject;
    });
    try {
      if (this.#reason) throw this.#reason;
      return await Promise.race([work, aborted]);
    } catch (error) {
      if (!this.#reason) throw error;
      work.then(dispose, () => undefined);
      throw this.#reason;
    }
  }
}

/** Ids are sent back in a header: printable ASCII of a reasonable length only. */
function usableId(id: string | string[] | undefined): string | undefined {
  return typeof id === 'string' && /^[\x20-\x7e]{1,1024}$/.test(id) && id.trim() !== '' ? id.trim() : undefined;
}
