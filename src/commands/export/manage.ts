import type { ContinuousExportEntity } from '../../catalog/model.js';
import { KustoError, type Span } from '../../errors/index.js';
import { parseDatetime, datetimeString } from '../../values/index.js';
import { defineCommand, name, seq, text, word, type Command } from '../framework/index.js';
import { ARTIFACT, JOB, jobNamed, jobRow, jobRows, type ExportParts } from './jobs.js';
import { artifactRow } from './show.js';

export function manageContinuousExport({ control }: ExportParts): readonly Command[] {
  /** Turned on again, a job goes on at its place. A run that is under way when it is turned off may end. */
  const enableOrDisable = defineCommand({
    name: 'EnableOrDisableContinuousExport',
    grammar: seq(word('verb', 'enable', 'disable'), 'continuous-export', name('job')),
    permission: 'DatabaseAdmin',
    result: JOB,
    async run(args, context) {
      const { id } = jobNamed(context, args.job, context.spanOf('job'));
      const isDisabled = args.verb === 'disable';
      const { value: job } = await context.catalog.transact((tx) => {
        const changed: ContinuousExportEntity = { ...stillThere(tx.get('continuousExport', id)), isDisabled };
        const mended = isDisabled ? changed : { ...changed, failingSince: null };
        tx.put(mended);
        return mended;
      });
      control.wake();
      return [jobRow(job, control)];
    },
  });

  /** Files of a window that was not committed are taken back. Answers the jobs that remain. */
  const drop = defineCommand({
    name: 'DropContinuousExport',
    grammar: seq('drop continuous-export', name('job')),
    permission: 'DatabaseAdmin',
    result: JOB,
    async run(args, context) {
      const { id } = jobNamed(context, args.job, context.spanOf('job'));
      await control.whileStopped(id, () => context.catalog.transact((tx) => tx.delete('continuousExport', id)));
      return jobRows(context, control);
    },
  });

  const setCursor = defineCommand({
    name: 'SetContinuousExportCursor',
    grammar: seq('set continuous-export', name('job'), 'cursor to', text('cursor')),
    permission: 'DatabaseAdmin',
    result: JOB,
    async run(args, context) {
      const { id } = jobNamed(context, args.job, context.spanOf('job'));
      const cursor = checkCursor(args.cursor, context.catalog.currentCursor(), context.spanOf('cursor'));
      const job = await control.whileStopped(id, async () => {
        const exportedTo = cursor === 0n ? null : datetimeString(cursor);
        const { value } = await context.catalog.transact((tx) => {
          const changed = { ...stillThere(tx.get('continuousExport', id)), cursor: cursor.toString(), exportedTo };
          tx.put(changed);
          return changed;
        });
        return value;
      });
      return [jobRow(job, control)];
    },
  });

  /** Calypso's own: exports now what has been ingested, and answers the files. */
  const run = defineCommand({
    name: 'RunContinuousExport',
    grammar: seq('run continuous-export', name('job')),
    permission: 'DatabaseAdmin',
    result: ARTIFACT,
    async run(args, context) {
      const { id } = jobNamed(context, args.job, context.spanOf('job'));
      return (await control.runNow(id, context.signal)).map(artifactRow);
    },
  });

  return [enableOrDisable, drop, setCursor, run];
}

function stillThere(job: ContinuousExportEntity | undefined): ContinuousExportEntity {
  if (job !== undefined) return job;
  throw new KustoError('Export_JobNotFound', 'The continuous export was dropped meanwhile.');
}

/** Cursors are ticks of the commit; both the number and the time are taken. */
function checkCursor(text: string, current: bigint, span?: Span): bigint {
  const cursor = /^\d*$/.test(text) ? BigInt(text) : parseDatetime(text);
  const wrong = (why: string): KustoError => new KustoError('Export_InvalidCursor', why, span && { span });
  if (cursor === undefined) throw wrong(`'${text}' is no cursor: use what cursor_current() or StartCursor tells.`);
  if (cursor > current) throw wrong(`The cursor '${text}' lies after the database's own, ${current}.`);
  return cursor;
}
