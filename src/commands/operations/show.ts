import type { OperationRecord } from '../../catalog/model.js';
import { KustoError } from '../../errors/index.js';
import { fullyQualifiedName } from '../../security/index.js';
import { parseDatetime } from '../../values/index.js';
import {
  defineCommand,
  GUID_VALUE,
  oneOf,
  operationResult,
  opt,
  properties,
  row,
  schema,
  seq,
  value,
  values,
  type CommandContext,
} from '../framework/index.js';

const OPERATIONS = schema(
  'OperationId: guid, Operation: string, NodeId: string, StartedOn: datetime, LastUpdatedOn: datetime, Duration: timespan, State: string, Status: string, RootActivityId: guid, ShouldRetry: bool, Database: string, Principal: string, User: string, AdminEpochStartTime: datetime, VirtualCluster: string',
);

/** One's own operations, and those of the databases that one administers or watches. */
function mayShow(record: OperationRecord, context: CommandContext): boolean {
  if (record.principal === fullyQualifiedName(context.request.caller.principal)) return true;
  return context.allowed('DatabaseMonitorOrAdmin', { kind: 'database', name: record.database });
}

function operationRow(record: OperationRecord) {
  const startedOn = parseDatetime(record.startedOn) ?? null;
  const lastUpdatedOn = parseDatetime(record.lastUpdatedOn) ?? null;
  const isGuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(record.rootActivityId);
  return row(OPERATIONS, {
    OperationId: record.id,
    Operation: record.operation,
    StartedOn: startedOn,
    LastUpdatedOn: lastUpdatedOn,
    Duration: startedOn === null || lastUpdatedOn === null ? null : lastUpdatedOn - startedOn,
    State: record.state,
    Status: record.status,
    RootActivityId: isGuid ? record.rootActivityId.toLowerCase() : null,
    ShouldRetry: record.shouldRetry,
    Database: record.database,
    Principal: record.principal,
    User: record.user,
  });
}

async function find(id: string, context: CommandContext): Promise<OperationRecord> {
  const [record] = await context.catalog.operations([id]);
  if (record !== undefined && mayShow(record, context)) return record;
  throw new KustoError('BadRequest_OperationNotFound', `There is no operation '${id}'.`);
}

/** The last state of each; of two weeks. */
export const showOperations = defineCommand({
  name: 'ShowOperations',
  grammar: seq('show operations', opt(oneOf(value('id', GUID_VALUE), seq('(', values('ids', GUID_VALUE), ')')))),
  permission: 'Anyone',
  result: OPERATIONS,
  async run({ id, ids }, context) {
    const records = await context.catalog.operations(id === undefined ? ids : [id]);
    return records
      .filter((record) => mayShow(record, context))
      .sort((a, b) => (a.startedOn < b.startedOn ? 1 : a.startedOn > b.startedOn ? -1 : 0))
      .map(operationRow);
  },
});

/** What the operation answered. */
export const showOperationDetails = defineCommand({
  name: 'ShowOperationDetails',
  grammar: seq('show operation', value('id', GUID_VALUE), 'details'),
  permission: 'Anyone',
  result: [],
  async run({ id }, context) {
    const record = await find(id, context);
    if (record.details !== null) return operationResult(record.details);
    throw new KustoError(
      'BadRequest_OperationNotFound',
      `The operation '${id}' has no details: its state is ${record.state}. Details are there once it is Completed.`,
    );
  },
});

const CANCELLED = schema(
  'OperationId: guid, Operation: string, StartedOn: datetime, CancellationState: string, ReasonPhrase: string',
);

export const cancelOperation = defineCommand({
  name: 'CancelOperation',
  grammar: seq('cancel operation', value('id', GUID_VALUE), properties({ reason: 'string' })),
  permission: 'Anyone',
  result: CANCELLED,
  async run({ id, properties: { reason = '' } }, context) {
    const record = await find(id, context);
    const isOwn = record.principal === fullyQualifiedName(context.request.caller.principal);
    if (!isOwn) context.authorize('DatabaseAdmin', { kind: 'database', name: record.database });
    const cancelled = context.operations.cancel(id, reason);
    return [
      row(CANCELLED, {
        OperationId: id,
        Operation: record.operation,
        StartedOn: parseDatetime(record.startedOn) ?? null,
        CancellationState: cancelled ? 'Canceled successfully' : 'Cancel failed',
        ReasonPhrase: cancelled ? reason : `The operation is not running: its state is ${record.state}.`,
      }),
    ];
  },
});
