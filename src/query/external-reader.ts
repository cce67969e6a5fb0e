import type { Relation } from '../plan/index.js';
import type { ExternalSql } from '../sql/dialect.js';
import type { RequestContext } from './query-service.js';

/** Makes the files of external tables readable for the engine while a query runs. */
export interface ExternalReader {
  /** Fetches what the plan's external scans need; `release` removes it. */
  open(relation: Relation, context: RequestContext): Promise<{ readonly sql: ExternalSql; release(): Promise<void> }>;
}
