import { KustoError } from '../../errors/index.js';
import { hiddenValues } from './text.js';

/** Runs work on a part of a command's text; the places in its errors then count from the command's start. */
export async function shifted<T>(offset: number, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof KustoError) || error.span === undefined) throw error;
    const span = { start: error.span.start + offset, end: error.span.end + offset };
    throw new KustoError(error.code, error.message, { span, cause: error });
  }
}

/** Shorter secrets than this are none, and would blot out the words of a message. */
const SHORTEST_SECRET = 3;

/** Runs work on a text; what the text hides (`h'…'`) is blotted out of its errors, whatever put it there. */
export async function withoutSecrets<T>(text: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof KustoError)) throw error;
    const secrets = hiddenValues(text).filter((value) => value.length >= SHORTEST_SECRET);
    const message = secrets.reduce((told, secret) => told.replaceAll(secret, '****'), error.message);
    if (message === error.message) throw error;
    throw new KustoError(error.code, message, error.span && { span: error.span });
  }
}
