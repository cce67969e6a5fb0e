import { DELTA_ERRORS } from './families/delta.js';
import { EXPORT_ERRORS } from './families/export.js';
import { GENERAL_ERRORS } from './families/general.js';
import { COMMAND_ERRORS } from './families/command.js';
import { INGESTION_ERRORS } from './families/ingestion.js';
import { QUERY_ERRORS } from './families/query.js';
import { REQUEST_ERRORS } from './families/request.js';
import { SECURITY_ERRORS } from './families/security.js';
import { SQL_ERRORS } from './families/sql.js';
import { STORAGE_ERRORS } from './families/storage.js';

/** The closed catalogue: every coded error, by family. A new error is a row in its family's file. */
export const CATALOGUE = {
  ...GENERAL_ERRORS,
  ...REQUEST_ERRORS,
  ...QUERY_ERRORS,
  ...COMMAND_ERRORS,
  ...SECURITY_ERRORS,
  ...STORAGE_ERRORS,
  ...SQL_ERRORS,
  ...DELTA_ERRORS,
  ...INGESTION_ERRORS,
  ...EXPORT_ERRORS,
} as const;

export type ErrorCode = keyof typeof CATALOGUE;
