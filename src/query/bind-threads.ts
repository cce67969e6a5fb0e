import { on } from 'node:events';
import { Worker } from 'node:worker_threads';
import { abortError } from '../engines/abort.js';
import { Admission } from '../engines/admission.js';
import { KustoError } from '../errors/index.js';
import type { RequestFacts } from '../language/context.js';
import type { BoundRequest } from '../plan/index.js';
import {
  errorOf,
  refusalOf,
  type Answer,
  type BindTask,
  type FromThread,
  type Question,
  type Questions,
} from './bind-messages.js';

/** Threads, each of which binds one text at a time and holds the official library (150 MB). */
const MOST_THREADS = 2;
/** Milliseconds after which a thread that has nothing to do ends. */
const IDLE = 30_000;

/** A text, and what it is bound with. */
export interface BindRequest extends Omit<BindTask, 'facts'>, Pick<Questions, 'rows'> {
  readonly facts: RequestFacts;
}

/**
 * Binds long texts beside the main thread: the official parser cannot be interrupted, and takes seconds for a hundred
 * thousand characters. A request that is cancelled takes its thread with it.
 */
export class BindThreads {
  private readonly admission = new Admission(MOST_THREADS);
  private readonly resting = new Set<BindThread>();

  /** Throws what binding throws, or what the signal means when it fires. */
  async bind(request: BindRequest, signal: AbortSignal): Promise<BoundRequest> {
    const leave = await this.admission.enter(signal);
    try {
      const thread = this.started();
      try {
        return await thread.bind(request, signal);
      } finally {
        if (!thread.hasEnded) this.rest(thread);
      }
    } finally {
      leave();
    }
  }

  /** Ends the threads that have nothing to do; the others end with their requests. */
  async close(): Promise<void> {
    await Promise.all([...this.resting].map((thread) => this.end(thread)));
  }

  private started(): BindThread {
    for (const thread of this.resting) {
      this.resting.delete(thread);
      clearTimeout(thread.timer);
      if (!thread.hasEnded) return thread;
    }
    return new BindThread();
  }

  private rest(thread: BindThread): void {
    this.resting.add(thread);
    thread.timer = setTimeout(() => void this.end(thread), IDLE).unref();
  }

  private async end(thread: BindThread): Promise<void> {
    this.resting.delete(thread);
    clearTimeout(thread.timer);
    await thread.end();
  }
}

class BindThread {
  hasEnded = false;
  timer: NodeJS.Timeout | undefined;
  /** Set to 1 for each answer, which the thread sleeps for. */
  private readonly answered = new Int32Array(new SharedArrayBuffer(4));
  private readonly worker = startWorker(this.answered);

  constructor() {
    // A process that has nothing else to do may end.
    this.worker.unref();
    this.worker.on('error', () => (this.hasEnded = true));
    this.worker.on('exit', () => (this.hasEnded = true));
  }

  async end(): Promise<void> {
    this.hasEnded = true;
    await this.worker.terminate();
  }

  async bind({ rows, facts, ...task }: BindRequest, signal: AbortSignal): Promise<BoundRequest> {
    const { isMemberOf, hasIngestionTime, ...told } = facts;
    const questions: Questions = { isMemberOf, hasIngestionTime, rows };
    let isDone = false;
    try {
      const messages = on(this.worker, 'message', { signal, close: ['exit'] }) as AsyncIterable<[FromThread]>;
      this.worker.postMessage({ ...task, facts: told } satisfies BindTask);
      for await (const [message] of messages) {
        if (message.kind === 'question') {
          this.answer(await answerTo(message, questions));
          continue;
        }
        isDone = true;
        if (message.kind === 'bound') return message.bound;
        throw message.kind === 'refused' ? errorOf(message.refusal) : message.error;
      }
      throw new Error('The thread that bound the request has ended.');
    } catch (error) {
      throw isDone ? error : meaningOf(error, signal);
    } finally {
      if (!isDone) await this.end();
    }
  }

  private answer(answer: Answer): void {
    this.worker.postMessage(answer);
    Atomics.store(this.answered, 0, 1);
    Atomics.notify(this.answered, 0);
  }
}

/** Run from its source, as tests and scripts do, the thread has to be taught TypeScript as the process was. */
function startWorker(answered: Int32Array): Worker {
  if (!import.meta.url.endsWith('.ts')) {
    return new Worker(new URL('./bind-worker.js', import.meta.url), { workerData: answered });
  }
  const [tsx, worker] = ['tsx/esm/api', './bind-worker.ts'].map((name) => JSON.stringify(import.meta.resolve(name)));
  const code = `import(${tsx}).then(({ register }) => { register(); return import(${worker}); })`;
  return new Worker(code, { eval: true, workerData: answered });
}

async function answerTo({ name, about }: Question, questions: Questions): Promise<Answer> {
  try {
    return { kind: 'value', value: await (questions[name] as (about: unknown) => unknown)(about) };
  } catch (error) {
    if (error instanceof KustoError) return { kind: 'refused', refusal: refusalOf(error) };
    throw error;
  }
}

/** What it means that a thread has not come to an end of its task. */
function meaningOf(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return abortError(signal);
  if ((error as NodeJS.ErrnoException).code !== 'ERR_WORKER_OUT_OF_MEMORY') return error;
  const message = 'The query is too large: reading it takes more memory than there is. Send it in parts.';
  return new KustoError('E_RUNAWAY_QUERY', message, { cause: error });
}
