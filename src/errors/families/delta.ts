import type { ErrorEntry } from '../entry.js';

const BAD_REQUEST = 'Kusto.Data.Exceptions.KustoBadRequestException';

export const DELTA_ERRORS = {
  /** No log where a Delta table should be. */
  DeltaTable_NotFound: { status: 404, permanent: true, type: BAD_REQUEST },
  /** A log that does not follow the protocol, or has a gap. */
  DeltaTable_LogDamaged: { status: 400, permanent: true, type: BAD_REQUEST },
  /** The table needs a feature, or a version of the protocol, that is not read or not written. */
  DeltaTable_FeatureNotSupported: { status: 400, permanent: true, type: BAD_REQUEST },
  /** The columns of the external table are not those of the Delta table (any more). */
  DeltaTable_SchemaMismatch: { status: 400, permanent: true, type: BAD_REQUEST },
  /** Records hold a null where the Delta table allows none. */
  DeltaTable_NullNotAllowed: { status: 400, permanent: true, type: BAD_REQUEST },
  /** An append that is to be taken back from a table that allows appends only. */
  DeltaTable_AppendOnly: { status: 409, permanent: true, type: BAD_REQUEST },
  /** A time of day in a column that the table keeps as a date. */
  Export_PartitionValueNotDate: { status: 400, permanent: true, type: BAD_REQUEST },
} as const satisfies Record<string, ErrorEntry>;
