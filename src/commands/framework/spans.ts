import { KustoError } from '../../errors/index.js';
import { hiddenValues, withoutValues } from './text.js';

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

/** Runs work on a text; what the text hides (`h'…'`) is blotted out of its errors, whatever put it there. */
export async function withoutSecrets<T>(text: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof KustoError)) throw error;
    const message = withoutValues(error.message, hiddenValues(text));
    if (message === error.message) throw error;
    throw new KustoError(error.code, message, error.span && { span: error.span });
  }
}
