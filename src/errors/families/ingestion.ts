import type { ErrorEntry } from '../entry.js';

const BAD_REQUEST: ErrorEntry = {
  status: 400,
  permanent: true,
  type: 'Kusto.Data.Exceptions.KustoBadRequestException',
};

/** Codes and meanings as the reference's list of ingestion error codes has them. */
export const INGESTION_ERRORS = {
  BadRequest_InvalidBlob: BAD_REQUEST,
  BadRequest_EmptyBlob: BAD_REQUEST,
  BadRequest_NoRecordsOrWrongFormat: BAD_REQUEST,
  BadRequest_InvalidArchive: BAD_REQUEST,
  BadRequest_InvalidMapping: BAD_REQUEST,
  BadRequest_InconsistentMapping: BAD_REQUEST,
  BadRequest_DuplicateMapping: BAD_REQUEST,
  BadRequest_MappingReferenceWasNotFound: BAD_REQUEST,
  BadRequest_FormatNotSupported: BAD_REQUEST,
  BadRequest_TableNotExist: BAD_REQUEST,
  BadRequest_MalformedIngestionProperty: BAD_REQUEST,
  Stream_WrongNumberOfFields: BAD_REQUEST,
  Stream_ClosingQuoteMissing: BAD_REQUEST,
  Stream_InputStreamTooLarge: BAD_REQUEST,
  /** A local path that the configuration does not open to ingestion. */
  Ingestion_PathNotAllowed: {
    status: 403,
    permanent: true,
    type: 'Kusto.Data.Exceptions.KustoUnauthorizedAccessException',
  },
  Ingestion_SourceNotFound: BAD_REQUEST,
  /** The columns of a query do not fit the table that they are written to. */
  Ingestion_SchemaMismatch: BAD_REQUEST,
} as const satisfies Record<string, ErrorEntry>;
