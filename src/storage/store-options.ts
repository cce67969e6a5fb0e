export interface StoreOptions {
  /** Folders under which local addresses are allowed; none by default. */
  readonly localRoots?: readonly string[];
  /** Milliseconds that one request may take: a block of 8 MiB, a page of a list. Default 60,000. */
  readonly requestDeadline?: number;
  /** PEM of a certificate authority that is trusted beside the well-known ones. */
  readonly certificateAuthority?: string;
  /** URL of an S3 service that stands in for Amazon's, such as MinIO: every S3 address is sent there. */
  readonly s3Endpoint?: string;
}
