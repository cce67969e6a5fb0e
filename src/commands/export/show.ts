import type { ExportedArtifact } from '../../catalog/model.js';
import { ticksOfInstant } from '../../export/index.js';
import type { KustoValue } from '../../values/index.js';
import { defineCommand, name, properties, row, seq, type Command } from '../framework/index.js';
import { ARTIFACT, FAILURE, JOB, jobNamed, jobRow, jobRows, type ExportParts } from './jobs.js';

export function artifactRow(artifact: ExportedArtifact): readonly KustoValue[] {
  return row(ARTIFACT, {
    Timestamp: ticksOfInstant(artifact.timestamp),
    ExternalTableName: artifact.externalTable,
    Path: artifact.path,
    NumRecords: BigInt(artifact.numRecords),
    SizeInBytes: BigInt(artifact.sizeInBytes),
  });
}

export function showContinuousExport({ control }: ExportParts): readonly Command[] {
  const artifacts = defineCommand({
    name: 'ShowContinuousExportExportedArtifacts',
    grammar: seq('show continuous-export', name('job'), 'exported-artifacts'),
    permission: 'DatabaseMonitorOrAdmin',
    result: ARTIFACT,
    async run(args, context) {
      const { id } = jobNamed(context, args.job, context.spanOf('job'));
      return (await context.catalog.artifacts(id)).map(artifactRow);
    },
  });

  const failures = defineCommand({
    name: 'ShowContinuousExportFailures',
    grammar: seq('show continuous-export', name('job'), 'failures'),
    permission: 'DatabaseMonitorOrAdmin',
    result: FAILURE,
    async run(args, context) {
      const job = jobNamed(context, args.job, context.spanOf('job'));
      return (await context.catalog.failures(job.id)).map((failure) =>
        row(FAILURE, {
          Timestamp: ticksOfInstant(failure.timestamp),
          OperationId: failure.operationId,
          Name: job.name,
          LastSuccessRun: failure.lastSuccessRun === null ? null : ticksOfInstant(failure.lastSuccessRun),
          FailureKind: failure.failureKind,
          Details: failure.details,
        }),
      );
    },
  });

  const one = defineCommand({
    name: 'ShowContinuousExport',
    grammar: seq('show continuous-export', name('job')),
    permission: 'DatabaseUserViewerOrMonitor',
    result: JOB,
    run: (args, context) => [jobRow(jobNamed(context, args.job, context.spanOf('job')), control)],
  });

  const all = defineCommand({
    name: 'ShowContinuousExports',
    grammar: seq('show continuous-exports'),
    permission: 'DatabaseUserViewerOrMonitor',
    result: JOB,
    run: (_args, context) => jobRows(context, control),
  });

  /** Of all databases. */
  const pending = defineCommand({
    name: 'ShowClusterPendingContinuousExports',
    grammar: seq('show cluster pending continuous-exports', properties({})),
    permission: 'AllDatabasesMonitor',
    result: JOB,
    run: (_args, context) => {
      const snapshot = context.catalog.snapshot();
      return control.pending().flatMap((id) => {
        const job = snapshot.get('continuousExport', id);
        return job === undefined ? [] : [jobRow(job, control)];
      });
    },
  });

  return [artifacts, failures, one, all, pending];
}
