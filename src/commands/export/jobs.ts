import type { ContinuousExportEntity } from '../../catalog/model.js';
import type { Span } from '../../errors/index.js';
import { ticksOfInstant, type ExportControl, type ExportServices } from '../../export/index.js';
import type { KustoValue } from '../../values/index.js';
import { find } from '../entities.js';
import { obfuscate, row, schema, type CommandContext } from '../framework/index.js';

/** What the commands of this family work with beside those of all families. */
export interface ExportParts {
  readonly services: ExportServices;
  readonly control: ExportControl;
}

/** Source: the command grammar's ShowContinuousExportResult. */
export const JOB = schema(
  'Name: string, ExternalTableName: string, Query: string, ForcedLatency: timespan, IntervalBetweenRuns: timespan, ' +
    'CursorScopedTables: string, ExportProperties: string, LastRunTime: datetime, StartCursor: string, IsDisabled: bool, ' +
    'LastRunResult: string, ExportedTo: datetime, IsRunning: bool',
);

/** The grammar leaves SizeInBytes out, the article's example has it. */
export const ARTIFACT = schema(
  'Timestamp: datetime, ExternalTableName: string, Path: string, NumRecords: long, SizeInBytes: long',
);

export const FAILURE = schema(
  'Timestamp: datetime, OperationId: string, Name: string, LastSuccessRun: datetime, FailureKind: string, Details: string',
);

/** Throws BadRequest_EntityNotFound. */
export function jobNamed(context: CommandContext, name: string, span?: Span): ContinuousExportEntity {
  return find(context.catalog.snapshot(), 'continuousExport', context.database.id, name, span);
}

const ticks = (instant: string | null): bigint | null => (instant === null ? null : ticksOfInstant(instant));

export function jobRow(job: ContinuousExportEntity, control: ExportControl): readonly KustoValue[] {
  return row(JOB, {
    Name: job.name,
    ExternalTableName: job.externalTable,
    Query: obfuscate(job.query),
    ForcedLatency: job.forcedLatencyTicks === '0' ? null : BigInt(job.forcedLatencyTicks),
    IntervalBetweenRuns: BigInt(job.intervalTicks),
    CursorScopedTables: JSON.stringify(job.cursorScopedTables),
    ExportProperties: JSON.stringify(shownProperties(job)),
    LastRunTime: ticks(job.lastRunTime),
    StartCursor: job.startCursor,
    IsDisabled: job.isDisabled,
    LastRunResult: job.lastRunResult ?? '',
    ExportedTo: ticks(job.exportedTo),
    IsRunning: control.isRunning(job.id),
  });
}

function shownProperties(job: ContinuousExportEntity): Readonly<Record<string, unknown>> {
  const given = Object.entries(job.properties).map(([name, value]) => [name[0]?.toUpperCase() + name.slice(1), value]);
  const properties = Object.fromEntries(given) as Record<string, unknown>;
  return job.managedIdentity === null ? properties : { ...properties, ManagedIdentity: job.managedIdentity };
}

export function jobRows(context: CommandContext, control: ExportControl): readonly (readonly KustoValue[])[] {
  return context.catalog
    .snapshot()
    .list('continuousExport', context.database.id)
    .map((job) => jobRow(job, control));
}
