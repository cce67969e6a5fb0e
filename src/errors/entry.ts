/** What the catalogue knows of an error code. */
export interface ErrorEntry {
  /** HTTP status of the answer when nothing has been sent yet. */
  readonly status: 400 | 401 | 403 | 404 | 408 | 409 | 413 | 415 | 429 | 500 | 503 | 504 | 520;
  /** True when the same request cannot succeed later without a change by somebody. */
  readonly permanent: boolean;
  /** Exception type of the reference service, which clients show or switch on. */
  readonly type: string;
}
