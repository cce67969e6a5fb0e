import type { PartitionColumn } from '../../catalog/model.js';
import type { SqlDialect } from '../../storage/index.js';
import type { ColumnSchema } from '../../values/index.js';

/**
 * How files of a journal become records of the target. Kept in the manifest: it decides which writer a retry, or the
 * clean-up of a target that is the job's no more, is given to. A new kind is a member here and a case in `openTarget`.
 */
export type Delivery =
  /** A file is an object, under the name that it bears. */
  | { readonly kind: 'files' }
  /** A file counts from the commit on that names it in the table's log. */
  | {
      readonly kind: 'delta';
      /** Of the files, and those that stand in the log only. */
      readonly columns: readonly ColumnSchema[];
      readonly partitions: readonly PartitionColumn[];
    }
  | SqlDelivery;

/** Rows of the journal's own form go into a table, in one transaction. */
export interface SqlDelivery {
  readonly kind: 'sql';
  readonly dialect: SqlDialect;
  /** `table` or `schema.table`. */
  readonly table: string;
  readonly createIfNotExists: boolean;
  readonly primaryKey: string | null;
  readonly fireTriggers: boolean;
  /** Of the rows, in order; null until the query of a one-off export has told them. */
  readonly columns: readonly ColumnSchema[] | null;
}
