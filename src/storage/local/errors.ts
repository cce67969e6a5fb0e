import { KustoError } from '../../errors/index.js';

/** Which coded error a failure of the file system is. */
export function localError(error: unknown, url: string, signal?: AbortSignal): KustoError {
  if (error instanceof KustoError) return error;
  if (signal?.aborted) return new KustoError('General_Cancelled', 'The request was cancelled.', { cause: error });
  const { code = '' } = error as NodeJS.ErrnoException;
  const failed = (...[kind, text]: [KustoError['code'], string]) =>
    new KustoError(kind, `${url}: ${text}`, { cause: error });
  switch (code) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return failed('Storage_PermissionDenied', `the server's user may not do this here (${code}).`);
    case 'ENOENT':
      return failed('Storage_ObjectNotFound', 'there is no such file.');
    case 'ENOSPC':
    case 'EDQUOT':
      return failed('Storage_DiskFull', 'the disk is full.');
    case 'ENAMETOOLONG':
      return failed('Storage_InvalidObjectName', 'the name is too long.');
    case 'EISDIR':
    case 'ENOTDIR':
    case 'EEXIST':
      return failed('Storage_Conflict', `a file stands where a folder is needed, or the reverse (${code}).`);
    default:
      return failed('Storage_ServerError', `the file system failed (${code || 'unknown'}).`);
  }
}
