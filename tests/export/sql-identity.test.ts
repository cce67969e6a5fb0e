import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestIssuer, type TestIssuer } from '../support/azurite/test-issuer.js';
import { SQL_AUDIENCE, startTdsFront, type TdsFront } from '../support/tds/front.js';
import { createTables, IDENTITY, ingest, openBench, type Bench } from './support/bench.js';

let issuer: TestIssuer;
let front: TdsFront;
let root: string;
let bench: Bench;
/** What the identity's endpoint makes tokens of. */
let claims: { aud?: string; exp?: number };

beforeAll(async () => {
  issuer = await createTestIssuer();
});
beforeEach(async () => {
  claims = { aud: SQL_AUDIENCE };
  front = await startTdsFront({ entra: { keys: issuer.keys, issuer: issuer.issuer, objectIds: [IDENTITY] } });
  root = await mkdtemp(join(tmpdir(), 'calypso-sql-identity-'));
  bench = await openBench({
    folder: join(root, 'data'),
    targets: root,
    store: { certificateAuthority: front.certificateAuthority },
    callouts: [{ CalloutType: 'sql', CalloutUriRegex: `^tcp://localhost:${front.port}/`, CanCall: true }],
    tokenOf: async () => ({ token: await issuer.token(IDENTITY, claims), expiresOnTimestamp: Date.now() + 3_600_000 }),
  });
  await createTables(bench, 'T');
  await bench.scheduler.start();
});
afterEach(async () => {
  await bench.close();
  await front.stop();
  await rm(root, { recursive: true, force: true });
});

const allow = (usages: string): Promise<unknown> =>
  bench.run(`.alter-merge cluster policy managed_identity '[{"ObjectId":"${IDENTITY}","AllowedUsages":"${usages}"}]'`);

/** The five steps, with a table of SQL Server as the target. */
async function fiveSteps(authentication = 'Active Directory Integrated'): Promise<void> {
  await allow('AutomatedFlows');
  await bench.run(`.add database Db viewers ('aadapp=${IDENTITY}')`);
  await bench.run(
    `.create external table X (id:long, label:string, at:datetime) kind=sql table=Exported (h@'Server=tcp:localhost,${front.port};Authentication=${authentication};Initial Catalog=test;') with (createifnotexists=true, primarykey=id)`,
  );
  await bench.run(`.create-or-alter continuous-export J over (T) to table X with (managedIdentity=${IDENTITY}) <| T`);
}

describe('a continuous export to SQL Server on behalf of a managed identity', () => {
  it.each(['Active Directory Integrated', `"Active Directory Managed Identity";User Id=${IDENTITY}`])(
    'logs in with a token of the identity: Authentication=%s',
    async (authentication) => {
      await fiveSteps(authentication);
      await ingest(bench, 'T', 0, 10);
      await bench.run('.run continuous-export J');
      await ingest(bench, 'T', 10, 15);
      await bench.run('.run continuous-export J');
      expect(await front.query('SELECT count(*) FROM Exported')).toEqual([['15']]);
      expect(await front.query('SELECT row_count FROM calypso_progress ORDER BY row_count')).toEqual([['10'], ['5']]);
      expect(front.bearers).toEqual([IDENTITY, IDENTITY]);
    },
  );

  it('says what is wrong with a token that the server does not take, and shows none', async () => {
    await fiveSteps();
    await ingest(bench, 'T', 0, 10);
    claims = { aud: 'https://storage.azure.com/' };
    const wrong = await bench.refusal('.run continuous-export J');
    expect([wrong.code, wrong.permanent]).toEqual(['Sql_AuthenticationFailed', true]);
    expect(wrong.message).toContain(`managed identity ${IDENTITY}`);
    expect(wrong.message).not.toContain('eyJ');
  });

  it('counts an expired token as passing', async () => {
    await fiveSteps();
    await ingest(bench, 'T', 0, 10);
    claims = { aud: SQL_AUDIENCE, exp: Math.floor(Date.now() / 1000) - 60 };
    expect(await bench.refusal('.run continuous-export J')).toMatchObject({
      code: 'Sql_TokenExpired',
      permanent: false,
    });
  });

  it('is refused when the policy is taken away, before a token is asked for', async () => {
    await fiveSteps();
    await ingest(bench, 'T', 0, 10);
    await bench.run('.delete cluster policy managed_identity');
    expect(await bench.refusal('.run continuous-export J')).toMatchObject({
      code: 'ManagedIdentity_UsageNotAllowed',
      permanent: true,
    });
    expect(front.bearers).toEqual([]);
  });

  it('needs the right usage for each way: a command exports under ExportRequest, a query reads under ExternalTable', async () => {
    const connection = `Server=tcp:localhost,${front.port};Authentication="Active Directory Managed Identity";User Id=${IDENTITY};Initial Catalog=test`;
    const command = `.export to sql Exported h@'${connection}' with (createifnotexists=true, primarykey="id") <| T`;
    await ingest(bench, 'T', 0, 3);
    await allow('ExternalTable');
    expect(await bench.refusal(command)).toMatchObject({ code: 'ManagedIdentity_UsageNotAllowed' });
    await allow('ExportRequest');
    await bench.run(command);
    expect(await front.query('SELECT count(*) FROM Exported')).toEqual([['3']]);
    await bench.run(
      `.create external table X (id:long, label:string, at:datetime) kind=sql table=Exported (h@'${connection}')`,
    );
    expect(await bench.rows('.set-or-append Copy <| external_table("X") | where id >= 1')).toHaveLength(1);
  });

  it('takes a token that the command brings, and keeps it out of sight', async () => {
    await ingest(bench, 'T', 0, 3);
    const token = await issuer.token(IDENTITY, claims);
    const command = (text: string): string =>
      `.export to sql Exported h@'Server=tcp:localhost,${front.port};Initial Catalog=test' with (createifnotexists=true, primarykey="id", token=h"${text}") <| T`;
    await bench.run(command(token));
    expect(front.bearers).toEqual([IDENTITY]);
    const refused = await bench.refusal(command(`${token}x`));
    expect([refused.code, refused.permanent]).toEqual(['Sql_AuthenticationFailed', true]);
    expect(refused.message).not.toContain(token);
  });
});
