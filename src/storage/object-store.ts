/**
 * An object store at one address (container or folder), with one credential. Names are relative to the address,
 * with `/`, never starting with it; the empty name is the object at the address itself (`head` and `getFile` only).
 * Failures are KustoErrors. Every store passes `tests/storage/object-store-suite.ts`.
 */
export interface ObjectStore {
  /** Address of an object as Kusto shows it, without any credential. */
  urlOf(name: string): string;
  /**
   * Writes a whole object from a local file, or nothing: a reader never sees a part. Never overwrites: answers
   * `exists` when the name is taken, so that the caller can compare.
   */
  putFile(name: string, localPath: string, options: PutOptions): Promise<'created' | 'exists'>;
  /** Undefined when there is no such object. */
  head(name: string, signal?: AbortSignal): Promise<ObjectInfo | undefined>;
  /** In order of name. The prefix is text, not a folder. */
  list(prefix: string, signal?: AbortSignal): AsyncIterable<ObjectInfo>;
  /** The whole object, or no file and an error. */
  getFile(name: string, localPath: string, signal?: AbortSignal): Promise<void>;
  /** Also answers where there is no such object. */
  delete(name: string, signal?: AbortSignal): Promise<void>;
}

export interface PutOptions {
  /** Hex SHA-256 of the file's bytes, kept with the object so that `head` gives it back. */
  readonly sha256: string;
  readonly contentType?: string;
  readonly signal?: AbortSignal;
}

export interface ObjectInfo {
  readonly name: string;
  readonly size: number;
  /** Undefined when another program wrote the object; a store may leave it to `head`. */
  readonly sha256?: string;
  readonly lastModified?: Date;
}
