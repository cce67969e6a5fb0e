import { Presets, SingleBar } from 'cli-progress';
import type { Slice } from './flights.js';
import type { Kusto } from './kusto.js';
import { answer, aside, command, count, heading, say } from './print.js';
import type { Stack } from '../tests/support/stack.js';
import { JOB, TABLE, show } from './steps.js';

const RUN = `.run continuous-export ${JOB}`;
/** What each run brought. */
const RUNS = `.show continuous-export ${JOB} exported-artifacts
| summarize Files = count(), Records = sum(NumRecords) by Run = Timestamp
| order by Run asc`;

const ingest = (kusto: Kusto, slice: Slice): Promise<unknown> =>
  kusto.run(`.ingest into table ${TABLE} (h@'${slice.path}') with (format='parquet')`);

/** One run of the job, now: the records and files that it exported. */
async function exportNow(kusto: Kusto): Promise<{ readonly records: number; readonly files: number }> {
  const { columns, rows } = await kusto.run(RUN);
  const numRecords = columns.indexOf('NumRecords');
  return { records: rows.reduce((sum, row) => sum + Number(row[numRecords]), 0), files: rows.length };
}

/**
 * Ingests slice after slice while the job runs again and again, and lets it catch up at the end.
 * @param before records that are ingested and exported already
 * @param total records of the whole demo
 */
export async function ingestWhileExporting(
  kusto: Kusto,
  slices: readonly Slice[],
  { before, total }: { readonly before: number; readonly total: number },
): Promise<void> {
  let [ingested, exported, files, ingesting] = [before, before, 0, true];
  const bar = new SingleBar(
    {
      format: 'ingested {bar} {ingested} of {all}, exported {exported} ({files} files here)',
      noTTYOutput: true,
      notTTYSchedule: 5000,
      hideCursor: true,
    },
    Presets.shades_classic,
  );
  const state = (): object => ({
    ingested: count(ingested),
    all: count(total),
    exported: count(exported),
    files: count(files),
  });
  const exporting = async (): Promise<void> => {
    for (let last = false; !last;) {
      last = !ingesting;
      const run = await exportNow(kusto);
      exported += run.records;
      files += run.files;
      bar.update(ingested, state());
    }
  };
  const ingestAll = async (): Promise<void> => {
    for (const slice of slices) {
      await ingest(kusto, slice);
      ingested += slice.records;
      bar.update(ingested, state());
    }
  };
  bar.start(total, ingested, state());
  try {
    await Promise.all([ingestAll().finally(() => (ingesting = false)), exporting()]);
  } finally {
    bar.stop();
  }
}

/** The identity's storage role is taken away: the run fails and says why. Given back, the job catches up. */
export async function loseTheRole(kusto: Kusto, stack: Stack, slices: readonly Slice[]): Promise<void> {
  heading('The identity loses its role on the storage account');
  stack.storage.revoke(stack.identity.objectId);
  for (const slice of slices) await ingest(kusto, slice);
  command(RUN);
  const failure = await kusto.run(RUN).then(
    () => undefined,
    (error: Error) => error.message,
  );
  if (failure === undefined) throw new Error('The run went through although the identity may not write.');
  say(`  failed: ${failure}`);
  await show(kusto, `.show continuous-export ${JOB} failures`);

  heading('The role is given back');
  stack.storage.grant(stack.identity.objectId);
  command(RUN);
  answer(await kusto.run(RUN), 4);
}

/** SIGKILL while files are on their way, and what the job does after the restart. */
export async function killInTheMiddle(kusto: Kusto, stack: Stack, slices: readonly Slice[]): Promise<void> {
  heading('SIGKILL in the middle of a run');
  for (const slice of slices) await ingest(kusto, slice);
  command(RUN);
  const underWay = stack.storage.uploads(3);
  const run = kusto.run(RUN).then(
    () => true,
    () => false,
  );
  await Promise.race([underWay, run]);
  stack.kill();
  if (await run) throw new Error('The run ended before it could be killed.');
  aside('  killed after three files had reached the storage account');

  heading('Calypso starts again, and takes the run up where it was');
  await stack.restart();
  await kusto.run(RUN);
  await show(kusto, `.show continuous-export ${JOB}`);
  await show(kusto, RUNS);
}
