import type { ErrorEntry } from '../entry.js';

const BAD = 'Kusto.Data.Exceptions.KustoBadRequestException';
const NOT_FOUND = 'Kusto.Common.Svc.Exceptions.EntityNotFoundException';

const refusal = { status: 400, permanent: true, type: BAD } as const satisfies ErrorEntry;

export const EXPORT_ERRORS = {
  /** The job's name belongs to something else in the database. */
  Export_NameTaken: {
    status: 400,
    permanent: true,
    type: 'Kusto.Common.Svc.Exceptions.EntityNameAlreadyExistsException',
  },
  /** Dropped while somebody waited for it. */
  Export_JobNotFound: { status: 400, permanent: true, type: NOT_FOUND },
  Export_ExternalTableNotFound: { status: 400, permanent: true, type: NOT_FOUND },
  /** A kind of external table that exports cannot write to. */
  Export_TargetKindNotSupported: refusal,
  Export_FormatNotSupported: refusal,
  /** The columns of the query do not fit the external table, partition columns included. */
  Export_SchemaMismatch: refusal,
  Export_InvalidProperty: refusal,
  Export_NoFactTable: refusal,
  /** A table that `over` names does not exist, or the query does not read it. */
  Export_FactTableNotUsed: refusal,
  Export_FactTableInOtherDatabase: refusal,
  Export_FactTableWithoutIngestionTime: refusal,
  Export_CrossCluster: refusal,
  /** The query would be kept with a secret in clear. */
  Export_HiddenLiteral: refusal,
  Export_IdentityNeededForTarget: refusal,
  Export_IdentityNeededForOtherDatabase: refusal,
  Export_InvalidCursor: refusal,
  Export_JobDisabled: refusal,
  /** The name that a file is to bear is at the target already, with other content. */
  Export_ArtifactNameTaken: { status: 409, permanent: true, type: BAD },
  /** The job was changed or dropped while the run was under way. */
  Export_JobChanged: { status: 409, permanent: false, type: BAD },
  /** Files of a window that was thrown away could not be taken back from a target that the job no longer has. */
  Export_LeftoversStay: { status: 409, permanent: true, type: BAD },
  /** A window that was to be thrown away is at a target that takes nothing back. */
  Export_WindowIsIn: { status: 409, permanent: true, type: BAD },
  /** Files were written as a caller whose token is not there any more. */
  Export_NobodyToImpersonate: { status: 409, permanent: true, type: BAD },
  /** The server is stopping. */
  Export_Stopped: { status: 503, permanent: false, type: 'Kusto.Data.Exceptions.KustoServiceException' },
  /** Something that is not a coded error: a fault of the machine (disk, memory) or a defect. A retry may help. */
  Export_UnexpectedFailure: { status: 520, permanent: false, type: 'Kusto.Data.Exceptions.KustoServiceException' },
} as const satisfies Record<string, ErrorEntry>;
