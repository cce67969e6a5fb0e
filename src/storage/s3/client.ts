import { Agent } from 'node:https';
import { rootCertificates } from 'node:tls';
import { S3Client } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { StorageAddress } from '../address.js';
import type { StoreCredential } from '../credential.js';
import type { StoreOptions } from '../store-options.js';

type S3Address = Extract<StorageAddress, { kind: 's3' }>;

/** The SDK's client, without the SDK's retries and without what the environment or the machine would lend it. */
export function s3Client(target: S3Address, credential: StoreCredential, options: StoreOptions): S3Client {
  const ca = options.certificateAuthority;
  return new S3Client({
    region: target.region ?? 'us-east-1',
    maxAttempts: 1,
    // Objects carry a SHA-256 of our own; other services do not know the checksums that the SDK would add.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...(options.s3Endpoint !== undefined && { endpoint: options.s3Endpoint, forcePathStyle: true }),
    ...(ca !== undefined && {
      requestHandler: new NodeHttpHandler({
        httpsAgent: new Agent({ keepAlive: true, ca: [...rootCertificates, ca] }),
      }),
    }),
    ...(credential.kind === 'aws'
      ? {
          credentials: {
            accessKeyId: credential.accessKeyId,
            secretAccessKey: credential.secretAccessKey.reveal(),
          },
        }
      : // A public bucket: the request goes out unsigned.
        {
          signer: { sign: (request) => Promise.resolve(request) },
          credentials: { accessKeyId: '', secretAccessKey: '' },
        }),
  });
}
