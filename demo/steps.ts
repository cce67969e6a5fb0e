import type { Kusto } from './kusto.js';
import { answer, command, heading, say } from './print.js';
import { SCHEMA } from './flights.js';
import type { Stack } from '../tests/support/stack.js';

export const TABLE = 'Departures';
export const JOB = 'Archiving';
/** What the job writes to; impersonates whoever the job runs as. */
export const TARGET = 'Archive';
/** The same files, read as the managed identity that the connection string names. */
export const READER = 'ArchiveReader';

/** Prints the command as it is sent, and its answer. */
export async function show(kusto: Kusto, text: string): Promise<void> {
  command(text);
  answer(await kusto.run(text));
}

/** The five steps, each as an operator of Azure Data Explorer would take it. */
export async function fiveSteps(kusto: Kusto, stack: Stack): Promise<void> {
  const { objectId, tenantId, displayName } = stack.identity;

  heading('A table');
  await show(kusto, `.create table ${TABLE} (${SCHEMA})`);

  heading('Step 1. Attach a managed identity to the cluster');
  say('\nIn the configuration file (on Azure: in the portal):\n');
  say(stack.identityConfiguration.replace(/^/gm, '  '));

  heading('Step 2. Allow its use');
  const usages = JSON.stringify([{ ObjectId: objectId, AllowedUsages: 'AutomatedFlows, ExternalTable' }]);
  await show(kusto, `.alter-merge cluster policy managed_identity \`\`\`${usages}\`\`\``);

  heading('Step 3. Grant it a role on the database');
  await show(kusto, `.add database ${kusto.database} viewers ('aadapp=${objectId};${tenantId}') '${displayName}'`);

  heading('Step 4. An external table that impersonates, and access to its storage');
  await show(kusto, externalTable(TARGET, `${stack.storage.url};impersonate`));
  stack.storage.grant(objectId);
  say(`\nOn the storage account: Storage Blob Data Contributor for ${displayName} (${objectId}).`);

  heading('Step 5. The job');
  await show(
    kusto,
    `.create-or-alter continuous-export ${JOB} over (${TABLE}) to table ${TARGET}
with (managedIdentity='${objectId}', intervalBetweenRuns=1m)
<| ${TABLE}`,
  );

  heading('To read it back: a second external table over the same files');
  await show(kusto, externalTable(READER, `${stack.storage.url};managed_identity=${objectId}`));
}

const externalTable = (name: string, connection: string): string => `.create external table ${name} (${SCHEMA})
kind=storage partition by (Day: datetime = startofday(Date)) dataformat=parquet
(h@'${connection}')`;
