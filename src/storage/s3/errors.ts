import { S3ServiceException } from '@aws-sdk/client-s3';
import type { KustoError } from '../../errors/index.js';
import type { StoreCredential } from '../credential.js';
import { requestError, type Failure } from '../request-error.js';

/** Which coded error a failure of an S3 service is; codes as its API reference lists them. */
export function s3Error(error: unknown, url: string, credential: StoreCredential, signal?: AbortSignal): KustoError {
  return requestError(error, url, signal, () => {
    const status = statusOf(error);
    // A code of the network (ECONNRESET, …) comes without a status.
    return status === undefined ? undefined : answered(status, (error as Error).name, credential);
  });
}

/** Undefined where the service has not answered. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
}

function answered(status: number, code: string, credential: StoreCredential): Failure {
  const says = `the storage answers ${status} ${code}`;
  const who = credential.kind === 'aws' ? 'the access key' : 'a request without a credential';
  switch (code) {
    case 'AccessDenied':
    case 'Forbidden':
    case 'AllAccessDisabled':
      return [
        'Storage_PermissionDenied',
        `${says} to ${who}: allow it s3:GetObject, s3:PutObject, s3:DeleteObject and s3:ListBucket.`,
      ];
    case 'InvalidAccessKeyId':
    case 'SignatureDoesNotMatch':
    case 'InvalidSecurity':
      return ['Storage_AuthenticationFailed', `${says}: check AwsCredentials=<access key id>,<secret access key>.`];
    case 'ExpiredToken':
    case 'InvalidToken':
    case 'TokenRefreshRequired':
      return ['Storage_CredentialExpired', `${says}: ${who} has expired: give a new one.`];
    case 'NoSuchBucket':
      return ['Storage_ContainerNotFound', 'the bucket does not exist: create it, or correct the address.'];
    case 'NoSuchKey':
    case 'NotFound':
      return ['Storage_ObjectNotFound', 'there is no such object.'];
    case 'PermanentRedirect':
    case 'AuthorizationHeaderMalformed':
    case 'IllegalLocationConstraintException':
      return [
        'Storage_RequestRefused',
        `${says}: the bucket is in another region: write bucket.s3.<region>.amazonaws.com.`,
      ];
    case 'RequestTimeTooSkewed':
      return ['Storage_RequestRefused', `${says}: the clock of this machine is wrong.`];
    case 'SlowDown':
    case 'RequestTimeout':
      return ['Storage_Throttled', `${says}: it is busy.`];
    case 'ConditionalRequestConflict':
    case 'OperationAborted':
      return ['Storage_ObjectChanged', `${says}: another request changes the object.`];
    case 'NoSuchUpload':
      return ['Storage_ObjectChanged', `${says}: the upload was ended by somebody else.`];
  }
  switch (status) {
    case 401:
    case 403:
      return ['Storage_AuthenticationFailed', `${says} to ${who}.`];
    case 404:
      return ['Storage_ObjectNotFound', `${says}.`];
    case 408:
    case 504:
      return ['Storage_Timeout', `${says}.`];
    case 409:
      return ['Storage_Conflict', `${says}.`];
    case 412:
      return ['Storage_ObjectChanged', `${says}: the object was changed.`];
    case 429:
    case 503:
      return ['Storage_Throttled', `${says}: it is busy.`];
  }
  return status >= 500 ? ['Storage_ServerError', `${says}.`] : ['Storage_RequestRefused', `${says}.`];
}
