import type { Catalog } from '../catalog/catalog.js';
import type { Engine } from '../engines/engine.js';
import type { Relation } from '../plan/index.js';
import type { SecretBox, Security } from '../security/index.js';
import type { ExternalSql } from '../sql/dialect.js';
import type { StoreOptions } from '../storage/index.js';
import type { RequestContext } from './query-service.js';

/** Makes the files of external tables readable for the engine while a query runs. */
export interface ExternalReader {
  /** Fetches what the plan's external scans need; `release` removes it. */
  open(relation: Relation, context: RequestContext): Promise<{ readonly sql: ExternalSql; release(): Promise<void> }>;
}

/** What reading them takes. */
export interface ExternalTablesParts {
  readonly catalog: Catalog;
  readonly engine: Engine;
  readonly security: Pick<Security, 'credentialFor' | 'callerCredentialFor' | 'requireCallout'>;
  readonly secrets: SecretBox;
  readonly store: StoreOptions;
  /** Bytes of files that one table's scan may bring to the local disk. */
  readonly maxScanBytes: number;
}
