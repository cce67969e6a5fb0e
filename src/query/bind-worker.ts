import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { KustoError } from '../errors/index.js';
import { bind } from '../language/bind.js';
import type { RequestFacts } from '../language/context.js';
import { errorOf, refusalOf, type Answer, type BindTask, type FromThread, type Questions } from './bind-messages.js';
import { bindClosed } from './closed.js';

/** The thread that texts are bound in, one after the other. `bind-threads.ts` is its other end. */

const port = parentPort!;
/** 1 when an answer lies at the port: binding is synchronous, so the thread sleeps until then. */
const answered = workerData as Int32Array;

const send = (message: FromThread): void => port.postMessage(message);

function ask<N extends keyof Questions>(
  name: N,
  about: Parameters<Questions[N]>[0],
): Awaited<ReturnType<Questions[N]>> {
  send({ kind: 'question', name, about } as FromThread);
  Atomics.wait(answered, 0, 0);
  Atomics.store(answered, 0, 0);
  const answer = receiveMessageOnPort(port)!.message as Answer;
  if (answer.kind === 'refused') throw errorOf(answer.refusal);
  return answer.value as Awaited<ReturnType<Questions[N]>>;
}

async function run({ text, schema, facts: told, parameters, options }: BindTask): Promise<void> {
  const facts: RequestFacts = {
    ...told,
    isMemberOf: (principal) => ask('isMemberOf', principal),
    hasIngestionTime: (tableId) => ask('hasIngestionTime', tableId),
  };
  try {
    const bound = await bindClosed(
      text,
      (closed) => bind(closed, schema, facts, parameters, options),
      (probe) => Promise.resolve(ask('rows', probe)),
    );
    send({ kind: 'bound', bound });
  } catch (error) {
    if (error instanceof KustoError) send({ kind: 'refused', refusal: refusalOf(error) });
    else send({ kind: 'failed', error });
  }
}

port.on('message', (task: BindTask) => void run(task));
