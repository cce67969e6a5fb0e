import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, KustoConnectionStringBuilder, kustoTrustedEndpoints, MatchRule } from 'azure-kusto-data';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Stack } from '../support/stack.js';

/**
 * The five steps with the vendor's client for Node, unchanged, against a server that demands tokens: the client signs
 * in by a token callback, and as the managed identities of its host.
 */

const DATABASE = 'NetDefaultDB';
const SCHEMA = 'Id: long, At: datetime, Name: string';

let folder: string;
let stack: Stack;
let administrator: Client;
const environment = { ...process.env };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'calypso-node-client-'));
  stack = await Stack.start(folder);
  stack.storage.grant(stack.identity.objectId);
  // The SDK's ManagedIdentityCredential takes this process for an App Service whose identities the authority has.
  Object.assign(process.env, stack.hostEnvironment);
  kustoTrustedEndpoints.addTrustedHosts([new MatchRule('127.0.0.1', true)], false);
  administrator = new Client(
    KustoConnectionStringBuilder.withTokenProvider(stack.endpoint, () => stack.administratorToken()),
  );
}, 180_000);
afterAll(async () => {
  administrator.close();
  for (const name of Object.keys(stack.hostEnvironment)) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, environment);
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
});

type Row = Record<string, unknown>;

async function run(client: Client, text: string): Promise<Row[]> {
  const answer = await (text.startsWith('.') ? client.executeMgmt(DATABASE, text) : client.execute(DATABASE, text));
  return [...answer.primaryResults[0]!.rows()].map((row) => row.toJSON() as Row);
}

/** All five steps, one run, and the files read back. `tag` keeps the names of two walks apart. */
async function fiveSteps(client: Client, tag: string): Promise<void> {
  const { objectId, tenantId } = stack.identity;
  const command = (text: string) => run(client, text);
  // Step 1, the identity on the cluster, is the server's configuration: see Stack.
  const usages = JSON.stringify([{ ObjectId: objectId, AllowedUsages: 'AutomatedFlows, ExternalTable' }]);
  await command(`.alter-merge cluster policy managed_identity \`\`\`${usages}\`\`\``);
  await command(`.add database ${DATABASE} viewers ('aadapp=${objectId};${tenantId}')`);
  await command(`.create table Events${tag} (${SCHEMA})`);
  for (const [name, credential] of [
    [`Target${tag}`, 'impersonate'],
    [`Reader${tag}`, `managed_identity=${objectId}`],
  ]) {
    await command(
      `.create external table ${name} (${SCHEMA}) kind=storage partition by (Day: datetime = startofday(At)) ` +
        `dataformat=parquet (h@'${stack.storage.url}/${tag};${credential}')`,
    );
  }
  await command(
    `.create-or-alter continuous-export Job${tag} over (Events${tag}) to table Target${tag} ` +
      `with (managedIdentity='${objectId}', intervalBetweenRuns=1h) <| Events${tag}`,
  );
  await command(`.ingest inline into table Events${tag} <|\n1,2024-01-01T10:00:00Z,one\n2,2024-01-02T10:00:00Z,two`);
  const artifacts = await command(`.run continuous-export Job${tag}`);
  expect(artifacts.map((artifact) => Number(artifact['NumRecords']))).toEqual([1, 1]);
  const [job] = await command(`.show continuous-export Job${tag}`);
  expect(job).toMatchObject({ LastRunResult: 'Completed', IsRunning: false });
  expect(await command(`.show continuous-export Job${tag} exported-artifacts`)).toHaveLength(2);
  expect(await run(client, `external_table('Reader${tag}') | project Id, Name | sort by Id asc`)).toEqual([
    { Id: 1, Name: 'one' },
    { Id: 2, Name: 'two' },
  ]);
}

describe('the five steps by azure-kusto-data', () => {
  it('with a token callback', async () => {
    await fiveSteps(administrator, 'Callback');
  });

  it.each([
    ['user-assigned', 'User', () => stack.operators.user],
    ['system-assigned', 'System', () => stack.operators.system],
  ] as const)('as a %s managed identity of the client, once it has a role', async (_kind, tag, identityOf) => {
    const { clientId, objectId } = identityOf();
    const client = new Client(
      tag === 'System'
        ? KustoConnectionStringBuilder.withSystemManagedIdentity(stack.endpoint)
        : KustoConnectionStringBuilder.withUserManagedIdentity(stack.endpoint, clientId),
    );
    try {
      const refusal: unknown = await run(client, '.show tables').catch((error: unknown) => error);
      expect(refusal).toMatchObject({ response: { status: 403 } });
      await run(administrator, `.add cluster alldatabasesadmins ('aadapp=${objectId};${stack.identity.tenantId}')`);
      expect(await run(client, 'print who = current_principal()')).toEqual([
        { who: `aadapp=${objectId};${stack.identity.tenantId}` },
      ]);
      await fiveSteps(client, tag);
    } finally {
      client.close();
    }
  });
});
