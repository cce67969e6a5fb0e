import type { CatalogSnapshot } from '../../catalog/catalog.js';
import type { ContinuousExportEntity } from '../../catalog/model.js';
import { KustoError, type Span } from '../../errors/index.js';
import { planRun, type JobDefinition } from '../../export/index.js';
import { checkName, newId } from '../entities.js';
import {
  defineCommand,
  hiddenValues,
  name,
  NAME,
  opt,
  properties,
  query,
  seq,
  shifted,
  values,
  type Command,
  type CommandContext,
} from '../framework/index.js';
import { JOB, jobRow, type ExportParts } from './jobs.js';
import { checkFileProperties, checkIdentityName, checkInterval, checkLatency, FILE_PROPERTIES } from './settings.js';

/** What the command says of the job beside its definition. */
interface Schedule {
  readonly intervalTicks: string;
  readonly forcedLatencyTicks: string;
  readonly isDisabled: boolean;
  readonly cursorScopedTables: readonly string[];
}

/**
 * A job that is altered keeps its place. A window that is under way is ended, or taken back whole, before the new
 * definition runs.
 */
export function createOrAlterContinuousExport({ services, control }: ExportParts): Command {
  return defineCommand({
    name: 'CreateOrAlterContinuousExport',
    grammar: seq(
      'create-or-alter continuous-export',
      name('job'),
      opt('over', '(', values('over', NAME), ')'),
      'to table',
      name('externalTable'),
      properties({
        ...FILE_PROPERTIES,
        intervalBetweenRuns: 'timespan',
        forcedLatency: 'timespan',
        isDisabled: 'bool',
        managedIdentity: 'word',
      }),
      query('query'),
    ),
    permission: 'DatabaseAdmin',
    result: JOB,
    async run(args, context) {
      const spanOf = (argument: string): Span | undefined => context.spanOf(argument);
      const { database } = context;
      checkName(args.job, spanOf('job'));
      checkNameIsFree(context.catalog.snapshot(), database.id, args.job, spanOf('job'));
      const given = args.properties;
      const definition: JobDefinition = {
        databaseId: database.id,
        name: args.job,
        externalTable: args.externalTable,
        query: args.query.text.trim(),
        over: args.over ?? null,
        properties: checkFileProperties(given, 1, spanOf),
        managedIdentity: checkIdentityName(given.managedIdentity, spanOf),
      };
      refuseHiddenLiterals(args.query.text, spanOf('query'));
      const interval = checkInterval(given.intervalBetweenRuns, spanOf);
      const latency = checkLatency(given.forcedLatency, spanOf);
      const plan = await shifted(args.query.offset, () => planRun(services, definition, context.signal));
      const job = await save(
        definition,
        {
          intervalTicks: interval.toString(),
          forcedLatencyTicks: latency.toString(),
          isDisabled: given.isDisabled ?? false,
          cursorScopedTables: plan.facts.map((fact) => `['${fact.databaseName}'].['${fact.tableName}']`),
        },
        context,
      );
      control.wake();
      return [jobRow(job, control)];
    },
  });

  async function save(definition: JobDefinition, schedule: Schedule, context: CommandContext) {
    const { catalog } = context;
    const put = async (): Promise<ContinuousExportEntity> => {
      const { value } = await catalog.transact((tx) => {
        const existing = tx.byName('continuousExport', definition.databaseId, definition.name);
        const job: ContinuousExportEntity = {
          ...(existing ?? newJob(catalog.currentCursor().toString(), context)),
          ...definition,
          ...schedule,
          failingSince: null,
        };
        tx.put(job);
        return job;
      });
      return value;
    };
    const existing = catalog.snapshot().byName('continuousExport', definition.databaseId, definition.name);
    return existing === undefined ? put() : control.whileStopped(existing.id, put);
  }
}

/** A job's query is kept as it is written, and secrets are kept encrypted only. */
function refuseHiddenLiterals(text: string, span: Span | undefined): void {
  if (hiddenValues(text).length === 0) return;
  throw new KustoError(
    'Export_HiddenLiteral',
    "The query holds a hidden string literal (h'…'), and a job's query is kept in clear. Take it out: an external table " +
      'keeps its connection string encrypted, and the query can read that table.',
    span && { span },
  );
}

function newJob(cursor: string, context: CommandContext) {
  return {
    kind: 'continuousExport',
    id: newId(),
    startCursor: cursor,
    cursor,
    exportedTo: null,
    lastRunTime: null,
    lastRunResult: null,
    lastSuccessTime: null,
    createdBy: context.request.caller.principal,
  } as const;
}

function checkNameIsFree(snapshot: CatalogSnapshot, databaseId: string, name: string, span?: Span): void {
  for (const [kind, text] of [
    ['table', 'table'],
    ['externalTable', 'external table'],
    ['function', 'function'],
  ] as const) {
    if (snapshot.byName(kind, databaseId, name) === undefined) continue;
    throw new KustoError(
      'Export_NameTaken',
      `'${name}' is the name of a ${text} in this database. Choose another name for the continuous export.`,
      span && { span },
    );
  }
}
