import type { ErrorEntry } from '../entry.js';

const BAD_REQUEST = 'Kusto.Data.Exceptions.KustoBadRequestException';

export const COMMAND_ERRORS = {
  /** The text does not fit the command's grammar. */
  SYN0002: { status: 400, permanent: true, type: 'Kusto.Data.Exceptions.SyntaxException' },
  /** A command of the reference that Calypso does not have. */
  CAL0100: { status: 400, permanent: true, type: BAD_REQUEST },
  /** No command begins like this. */
  CAL0101: { status: 400, permanent: true, type: 'Kusto.Data.Exceptions.SyntaxException' },
  /** A policy, kind or option of the reference whose effect Calypso does not have. */
  CAL0102: { status: 400, permanent: true, type: BAD_REQUEST },
  BadRequest_CommandOnQueryEndpoint: { status: 400, permanent: true, type: BAD_REQUEST },
  BadRequest_UnknownProperty: { status: 400, permanent: true, type: BAD_REQUEST },
  BadRequest_InvalidPropertyValue: { status: 400, permanent: true, type: BAD_REQUEST },
  BadRequest_InvalidName: { status: 400, permanent: true, type: BAD_REQUEST },
  BadRequest_InvalidSchema: { status: 400, permanent: true, type: BAD_REQUEST },
  BadRequest_InvalidPolicy: { status: 400, permanent: true, type: BAD_REQUEST },
  BadRequest_InvalidMapping: { status: 400, permanent: true, type: BAD_REQUEST },
  BadRequest_EntityInUse: { status: 400, permanent: true, type: BAD_REQUEST },
  BadRequest_OperationNotFound: { status: 400, permanent: true, type: BAD_REQUEST },
} as const satisfies Record<string, ErrorEntry>;
