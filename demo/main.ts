/**
 * `npm run demo [-- --fast] [-- --keep]`: the five steps of a continuous export on behalf of a managed identity, on real
 * components, with a lost storage role and a kill on the way. Ends with the account of every record; exit code 1 if one
 * is missing or doubled.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { settle } from './account.js';
import { ALL_FLIGHTS, cutIntoSlices } from './flights.js';
import { Kusto } from './kusto.js';
import { aside, count, heading, say, seconds } from './print.js';
import { Stack } from '../tests/support/stack.js';
import { JOB, READER, TABLE, fiveSteps } from './steps.js';
import { ingestWhileExporting, killInTheMiddle, loseTheRole } from './story.js';

const DATABASE = 'NetDefaultDB';
const SLICES = 12;

async function demo(stack: Stack, records: number): Promise<boolean> {
  const started = Date.now();
  const flights = await cutIntoSlices(stack.importFolder, records, SLICES);
  const kusto = new Kusto(stack.endpoint, DATABASE, () => stack.administratorToken());
  const slices = [...flights.slices];
  try {
    await fiveSteps(kusto, stack);

    heading(`${count(records)} flights, in ${SLICES} slices, while the job exports`);
    await ingestWhileExporting(kusto, slices.splice(0, 6), { before: 0, total: records });
    await loseTheRole(kusto, stack, slices.splice(0, 2));
    await killInTheMiddle(kusto, stack, slices.splice(0, 2));
    const before = records - slices.reduce((sum, slice) => sum + slice.records, 0);
    heading('The rest');
    await ingestWhileExporting(kusto, slices, { before, total: records });

    heading('The account');
    const whole = await settle(kusto, flights, {
      table: TABLE,
      job: JOB,
      reader: READER,
      containerUrl: stack.storage.url,
      storageKey: stack.storage.key,
      certificateFile: stack.storage.certificateFile,
    });
    say(`time ${seconds(started)}`);
    return whole;
  } finally {
    kusto.close();
  }
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { fast: { type: 'boolean' }, keep: { type: 'boolean' } } });
  const folder = await mkdtemp(join(tmpdir(), 'calypso-demo-'));
  const interrupted = new Promise<never>((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => reject(new Error(`Ended by ${signal}.`)));
  });
  let stack: Stack | undefined;
  try {
    stack = await Stack.start(folder);
    const whole = await Promise.race([demo(stack, values.fast === true ? 200_000 : ALL_FLIGHTS), interrupted]);
    if (values.keep === true) {
      await lookAround(stack);
      await interrupted.catch(() => aside('\nStopping.'));
    }
    return whole ? 0 : 1;
  } catch (error) {
    console.error(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}`);
    if (stack) aside(stack.lastLog());
    return 1;
  } finally {
    await stack?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function lookAround(stack: Stack): Promise<void> {
  heading('Look around');
  say(`The server stays up at ${stack.endpoint}; Ctrl-C ends it. In a second terminal:`);
  say(`\n  export CALYPSO_TOKEN='${await stack.administratorToken()}'`);
  say(`  npx calypso query '${TABLE} | summarize count() by Origin | top 5 by count_' --endpoint ${stack.endpoint}`);
  say(`  npx calypso query '.show continuous-export ${JOB}' --endpoint ${stack.endpoint}`);
  say(`  npx calypso query '.show continuous-export ${JOB} exported-artifacts' --endpoint ${stack.endpoint}`);
}

process.exitCode = await main();
