import { damaged, type AddFile, type DeltaAction, type DeltaMetadata, type DeltaProtocol } from './actions.js';

/** The state of a table at one version. */
export interface DeltaSnapshot {
  readonly version: number;
  readonly protocol: DeltaProtocol;
  readonly metadata: DeltaMetadata;
  /** The newest version that each application has committed. */
  readonly transactions: ReadonlyMap<string, number>;
  /** By path; undefined when the log was read without its files. */
  readonly files: ReadonlyMap<string, AddFile> | undefined;
}

/** Plays a log's actions, oldest first. */
export class Replay {
  #protocol: DeltaProtocol | undefined;
  #metadata: DeltaMetadata | undefined;
  readonly #transactions: Map<string, number>;
  readonly #files: Map<string, AddFile> | undefined;

  /** From a checkpoint or the first commit on, or from where a snapshot stands. */
  constructor(start: DeltaSnapshot | { readonly withFiles: boolean }) {
    if ('version' in start) {
      this.#protocol = start.protocol;
      this.#metadata = start.metadata;
      this.#transactions = new Map(start.transactions);
      this.#files = start.files && new Map(start.files);
    } else {
      this.#transactions = new Map();
      this.#files = start.withFiles ? new Map() : undefined;
    }
  }

  /** The actions of one commit, or a checkpoint's. */
  apply(actions: readonly DeltaAction[]): void {
    // A commit that gives a file another deletion vector removes and adds its path, in any order.
    for (const { remove } of actions) if (remove) this.#files?.delete(remove.path);
    for (const { protocol, metaData, add, txn } of actions) {
      if (protocol) this.#protocol = protocol;
      if (metaData) this.#metadata = metaData;
      if (txn) this.#transactions.set(txn.appId, txn.version);
      if (add) this.#files?.set(add.path, add);
    }
  }

  at(version: number): DeltaSnapshot {
    if (this.#protocol === undefined || this.#metadata === undefined) {
      throw damaged(`up to version ${version} it has no ${this.#protocol === undefined ? 'protocol' : 'metadata'}`);
    }
    return {
      version,
      protocol: this.#protocol,
      metadata: this.#metadata,
      transactions: this.#transactions,
      files: this.#files,
    };
  }
}
