/**
 * `npm run torture [-- --kills 100] [-- --seed N] [-- --target files|delta]`: ingests and exports without pause, and kills the server at random
 * moments. After every kill, before the restart, an outsider must find each record at most once; at the end, exactly
 * once, and `exported-artifacts` must list what the container holds. Exit code 1 at the first thing that is wrong.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SCHEMA } from '../../demo/flights.js';
import { Kusto } from '../../demo/kusto.js';
import { readContainer } from '../../demo/read-container.js';
import { livePaths, objectsOfContainer } from '../export/support/delta-reader.js';
import { Stack } from '../support/stack.js';
import { randomFrom } from './random.js';
import { Writer } from './writer.js';

const JOB = 'Torture';

type Target = 'files' | 'delta';

const TARGETS: Readonly<Record<Target, (address: string) => string>> = {
  files: (address) =>
    `kind=storage partition by (Airport: string = Origin) dataformat=parquet (h@'${address};impersonate')`,
  delta: (address) => `kind=delta (h@'${address};impersonate')`,
};

/** As an outsider: of a Delta table, who reads the files that its log names. */
async function readTarget({ storage }: Stack, target: Target, lastId: number) {
  const isDelta = target === 'delta';
  const paths = isDelta ? await livePaths(objectsOfContainer(storage.container, '', storage.url)) : undefined;
  return readContainer(storage.container, lastId, paths && new Set([...paths].map(decodeURIComponent)));
}

async function prepare(kusto: Kusto, { identity, storage }: Stack, target: Target): Promise<void> {
  const { objectId, tenantId } = identity;
  const usages = JSON.stringify([{ ObjectId: objectId, AllowedUsages: 'AutomatedFlows' }]);
  storage.grant(objectId);
  for (const command of [
    `.create table ${Writer.TABLE} (${SCHEMA})`,
    `.alter-merge cluster policy managed_identity \`\`\`${usages}\`\`\``,
    `.add database ${kusto.database} viewers ('aadapp=${objectId};${tenantId}')`,
    `.create external table Target (${SCHEMA}) ${TARGETS[target](storage.url)}`,
    `.create-or-alter continuous-export ${JOB} over (${Writer.TABLE}) to table Target
     with (managedIdentity='${objectId}', intervalBetweenRuns=1h) <| ${Writer.TABLE}`,
  ]) {
    await kusto.run(command);
  }
}

/** Works until the server is killed. Whatever fails before that is a failure of the test. */
async function untilKilled(work: () => Promise<unknown>, isKilled: () => boolean): Promise<void> {
  while (!isKilled()) {
    try {
      await work();
    } catch (error) {
      if (!isKilled()) throw error;
    }
  }
}

async function torture(stack: Stack, kills: number, random: () => number, target: Target): Promise<void> {
  const kusto = new Kusto(stack.endpoint, 'NetDefaultDB', () => stack.administratorToken());
  const writer = new Writer(kusto);
  const exportNow = (): Promise<unknown> => kusto.run(`.run continuous-export ${JOB}`);
  await prepare(kusto, stack, target);
  for (let kill = 1; kill <= kills; kill++) {
    let killed = false;
    const isKilled = (): boolean => killed;
    const work = Promise.all([untilKilled(() => writer.ingest(), isKilled), untilKilled(exportNow, isKilled)]);
    await Promise.race([work, new Promise((resolve) => setTimeout(resolve, 50 + random() * 2500))]);
    killed = true;
    stack.kill();
    await work;
    const found = await readTarget(stack, target, writer.lastId);
    if (found.doubled > 0)
      throw new Error(`After kill ${kill}, ${found.doubled} records stand twice in the container.`);
    await stack.restart();
    await writer.settle();
    console.log(`kill ${kill} of ${kills}: ${writer.records} records ingested, ${found.records} exported, none twice`);
  }
  await exportNow();
  await compare(kusto, stack, writer, target);
  kusto.close();
}

/** The table, the artifacts and the container hold the same records. */
async function compare(kusto: Kusto, stack: Stack, writer: Writer, target: Target): Promise<void> {
  const found = await readTarget(stack, target, writer.lastId);
  const { columns, rows } = await kusto.run(`.show continuous-export ${JOB} exported-artifacts`);
  const listed = rows.map((row) => String(row[columns.indexOf('Path')])).sort();
  const there: string[] = [];
  for await (const { name } of stack.storage.container.listBlobsFlat()) {
    if (!name.startsWith('_delta_log/')) there.push(`${stack.storage.url}/${name}`);
  }
  const artifacts = rows.reduce((sum, row) => sum + Number(row[columns.indexOf('NumRecords')]), 0);
  console.log(`ingested ${writer.records}, in artifacts ${artifacts}, read by an outsider ${found.records}`);
  console.log(
    `missing ${writer.records - (found.records - found.doubled)}, duplicates ${found.doubled}, files ${found.files}`,
  );
  if (found.records !== writer.records || artifacts !== writer.records || found.doubled > 0) {
    throw new Error('The records that were ingested are not the records that were exported.');
  }
  if (JSON.stringify(there.sort()) !== JSON.stringify(listed)) {
    throw new Error('exported-artifacts does not list what the container holds.');
  }
}

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    seed: { type: 'string', default: String(Date.now() % 1e6) },
    target: { type: 'string', default: 'files' },
  },
});
if (!(values.target in TARGETS)) throw new Error(`--target is one of ${Object.keys(TARGETS).join(', ')}`);
console.log(`seed ${values.seed}`);
const folder = await mkdtemp(join(tmpdir(), 'calypso-torture-'));
const stack = await Stack.start(folder);
try {
  await torture(stack, Number(values.kills), randomFrom(Number(values.seed)), values.target as Target);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.error(stack.lastLog());
  process.exitCode = 1;
} finally {
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
}
