import { RestError } from '@azure/storage-blob';
import type { ErrorCode, KustoError } from '../../errors/index.js';
import type { StoreCredential } from '../credential.js';
import { requestError } from '../request-error.js';

export type Access = 'read' | 'write';

export interface FailedRequest {
  /** URL of the object or container, without a credential. */
  readonly url: string;
  readonly access: Access;
  readonly credential: StoreCredential;
}

const ROLE: Readonly<Record<Access, string>> = {
  read: 'Storage Blob Data Reader',
  write: 'Storage Blob Data Contributor',
};

/** Which coded error a failure of the storage is. `signal` is the caller's: its abort is no fault of the storage. */
export function storageError(error: unknown, request: FailedRequest, signal?: AbortSignal): KustoError {
  return requestError(error, request.url, signal, () =>
    error instanceof RestError && error.statusCode !== undefined
      ? answered(error.statusCode, codeOf(error), error.message, request)
      : undefined,
  );
}

function answered(status: number, code: string, message: string, request: FailedRequest): [ErrorCode, string] {
  const says = `the storage answers ${status}${code ? ` ${code}` : ''}`;
  const { credential, access } = request;
  switch (code) {
    case 'AuthorizationPermissionMismatch':
    case 'InsufficientAccountPermissions':
      return [
        'Storage_PermissionDenied',
        credential.kind === 'sas'
          ? `the shared access signature does not grant this ${access} access (${status} ${code}): make one with the permissions Read, List${access === 'write' ? ', Create and Write' : ''}.`
          : `${whoIs(credential)} may not ${access} here (${status} ${code}): grant it the role ${ROLE[access]} on the account or container.`,
      ];
    case 'AuthorizationFailure':
      return [
        'Storage_AuthorizationFailure',
        `${says}: the account's network rules or its settings do not let ${whoIs(credential)} in.`,
      ];
    case 'InvalidAuthenticationInfo':
    case 'AuthenticationFailed':
    case 'NoAuthenticationInformation':
      return unauthenticated(says, message, credential);
    case 'ContainerNotFound':
    case 'FilesystemNotFound':
      return ['Storage_ContainerNotFound', 'the container does not exist: create it, or correct the address.'];
    case 'BlobNotFound':
    case 'PathNotFound':
    case 'ResourceNotFound':
      return ['Storage_ObjectNotFound', 'there is no such object.'];
    case 'ContainerBeingDeleted':
    case 'ContainerBeingCreated':
    case 'ServerBusy':
    case 'OperationTimedOut':
      return status === 503 || status === 500
        ? ['Storage_Throttled', `${says}: it is busy.`]
        : ['Storage_ServerError', `${says}.`];
    case 'KeyBasedAuthenticationNotPermitted':
    case 'AuthorizationProtocolMismatch':
    case 'AuthorizationServiceMismatch':
    case 'AuthorizationSourceIPMismatch':
    case 'AuthorizationResourceTypeMismatch':
    case 'AccountIsDisabled':
    case 'PublicAccessNotPermitted':
      return ['Storage_AuthorizationFailure', `${says} to ${whoIs(credential)}.`];
  }
  switch (status) {
    case 401:
    case 403:
      return unauthenticated(says, message, credential);
    case 404:
      return ['Storage_ObjectNotFound', `${says}.`];
    case 408:
    case 504:
      return ['Storage_Timeout', `${says}.`];
    case 409:
      return ['Storage_Conflict', `${says}.`];
    case 412:
      return ['Storage_ObjectChanged', `${says}: the object was changed or is leased.`];
    case 429:
    case 503:
      return ['Storage_Throttled', `${says}: it is busy.`];
  }
  return status >= 500 ? ['Storage_ServerError', `${says}.`] : ['Storage_RequestRefused', `${says}.`];
}

/** The answers for an expired token and for a wrong one differ in their text only. */
function unauthenticated(says: string, message: string, credential: StoreCredential): [ErrorCode, string] {
  const expired = /expired|lifetime|not valid yet|signature not valid in the specified time/i.test(message);
  if (expired && credential.kind === 'token' && credential.renewable) {
    return ['Storage_TokenExpired', `${says}: the token of ${whoIs(credential)} has expired.`];
  }
  if (expired) return ['Storage_CredentialExpired', `${says}: ${whoIs(credential)} has expired: give a new one.`];
  const cure = credential.kind === 'none' ? 'give a credential' : 'check that it belongs to this account and tenant';
  return ['Storage_AuthenticationFailed', `${says} to ${whoIs(credential)}: ${cure}.`];
}

function whoIs(credential: StoreCredential): string {
  switch (credential.kind) {
    case 'none':
      return 'a request without a credential';
    case 'sas':
      return 'the shared access signature';
    case 'key':
    case 'aws':
      return 'the account key';
    case 'token':
      return credential.principal;
  }
}

/** The service's code; for an answer to HEAD, which has no body, from its headers. Empty if there is none. */
export function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const { code, details } = error as { code?: unknown; details?: { errorCode?: unknown } };
  if (typeof details?.errorCode === 'string') return details.errorCode;
  return typeof code === 'string' ? code : '';
}
