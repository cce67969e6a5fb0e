import { KustoError } from '../../errors/index.js';

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
