import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { caller, openCommands, SYSTEM_IDENTITY, TENANT, USER_IDENTITY, type Commands } from './harness.js';

let db: Commands;
beforeEach(async () => {
  db = await openCommands();
  await db.run('.create tables T (a:long), U (b:long)');
});
afterEach(() => db.close());

const policyOf = async (text: string) => JSON.parse(String((await db.rows(text))[0]?.['Policy'])) as unknown;

describe('policies', () => {
  it('of ingestion time are turned on and off, as the export expects to find them', async () => {
    const { id } = db.catalog.snapshot().list('table')[0]!;
    expect(await policyOf('.show table T policy ingestiontime')).toBe(null);
    expect(await db.rows('.alter table T policy ingestiontime false')).toEqual([
      {
        PolicyName: 'IngestionTimePolicy',
        EntityName: '[Db].[T]',
        Policy: '{"IsEnabled":false}',
        ChildEntities: '',
        EntityType: 'Table',
      },
    ]);
    expect(db.catalog.snapshot().policy(id, 'ingestiontime')).toEqual({ IsEnabled: false });
    await db.run('.set table T policy ingestiontime true');
    expect(db.catalog.snapshot().policy(id, 'ingestiontime')).toEqual({ IsEnabled: true });
    await db.run('.delete table T policy ingestiontime');
    expect(db.catalog.snapshot().policy(id, 'ingestiontime')).toBe(null);
    expect(await db.rows('.alter tables (T, U) policy ingestiontime true')).toHaveLength(2);
    expect(await db.rows('.show table * policy ingestiontime')).toHaveLength(2);
  });

  it('of managed identities are replaced, merged, filled in by the server, and refused as a whole', async () => {
    const identity = { ObjectId: USER_IDENTITY, AllowedUsages: 'NativeIngestion' };
    const set = await db.rows(`.alter database Db policy managed_identity \`\`\`[${JSON.stringify(identity)}]\`\`\``);
    expect(JSON.parse(String(set[0]?.['Policy']))).toEqual([
      expect.objectContaining({ ...identity, DisplayName: 'exporter', IsSystem: false, TenantId: TENANT }),
    ]);
    await db.run(
      `.alter-merge database Db policy managed_identity '[{"ObjectId":"${USER_IDENTITY}","AllowedUsages":"AutomatedFlows"}]'`,
    );
    expect(await policyOf('.show database Db policy managed_identity')).toMatchObject([
      { AllowedUsages: 'NativeIngestion, AutomatedFlows' },
    ]);
    const unknown = '99999999-9999-9999-9999-999999999999';
    const refused = await db.refusal(
      `.alter-merge cluster policy managed_identity '[{"ObjectId":"system","AllowedUsages":"All"},{"ObjectId":"${unknown}","AllowedUsages":"All"}]'`,
    );
    expect(refused.code).toBe('ManagedIdentity_NotAttached');
    expect(await policyOf('.show cluster policy managed_identity')).toBe(null);
    await db.run(`.alter cluster policy managed_identity '[{"ObjectId":"system","AllowedUsages":"All"}]'`);
    expect(await policyOf('.show cluster policy managed_identity')).toMatchObject([
      { ObjectId: SYSTEM_IDENTITY, IsSystem: true },
    ]);
    await db.run('.delete cluster policy managed_identity');
    expect(await policyOf('.show cluster policy managed_identity')).toBe(null);
  });

  it('of callouts are merged by rule, and shown beside what is always in force', async () => {
    const rule = { CalloutType: 'external_data', CalloutUriRegex: '^https://a\\.example/', CanCall: true };
    await db.run(`.alter cluster policy callout @'${JSON.stringify([rule])}'`);
    await db.run(`.alter-merge cluster policy callout @'${JSON.stringify([{ ...rule, CanCall: false }])}'`);
    const shown = await db.rows('.show cluster policy callout');
    expect(JSON.parse(String(shown[0]?.['Policy']))).toEqual([{ ...rule, CanCall: false }]);
    expect(shown[1]).toMatchObject({ EntityType: 'Cluster immutable policy' });
    expect((await db.refusal(`.alter cluster policy callout '[{"CalloutType":"x"}]'`)).code).toBe(
      'CalloutPolicy_Invalid',
    );
  });

  it('take the short forms of the reference', async () => {
    await db.run('.alter table T policy caching hot = 30d');
    expect(await policyOf('.show table T policy caching')).toEqual({
      DataHotSpan: { Value: '30.00:00:00' },
      IndexHotSpan: { Value: '30.00:00:00' },
    });
    await db.run(
      '.alter table T policy caching hotdata = 7d hotindex = 8d, hot_window = datetime(2021-01-01) .. datetime(2021-02-01)',
    );
    expect(await policyOf('.show table T policy caching')).toMatchObject({
      HotWindows: [{ MinValue: '2021-01-01T00:00:00Z', MaxValue: '2021-02-01T00:00:00Z' }],
    });
    await db.run('.alter table T policy retention \'{"softDeletePeriod":"10.00:00:00","Recoverability":"Enabled"}\'');
    await db.run('.alter-merge table T policy retention softdelete = 20d');
    expect(await policyOf('.show table T policy retention')).toEqual({
      SoftDeletePeriod: '20.00:00:00',
      Recoverability: 'Enabled',
    });
    await db.run('.alter table T policy streamingingestion enable');
    expect(await policyOf('.show table T policy streamingingestion')).toEqual({ IsEnabled: true });
    await db.run('.alter database Db policy ingestionbatching \'{"MaximumNumberOfItems": 500}\'');
    expect((await db.rows('.show database Db policy ingestionbatching'))[0]).toMatchObject({
      EntityName: '[Db]',
      EntityType: 'Database',
      ChildEntities: '["T","U"]',
    });
    await db.run('.alter table T policy roworder (a asc)');
    expect(await policyOf('.show table T policy roworder')).toEqual([{ ColumnName: 'a', Order: 'Ascending' }]);
  });

  it('of capacity hold limits of exports only', async () => {
    await db.run(`.alter-merge cluster policy capacity '{"ExportCapacity":{"ClusterMaximumConcurrentOperations":2}}'`);
    await db.run(`.alter-merge cluster policy capacity '{"ExportCapacity":{"CoreUtilizationCoefficient":0.5}}'`);
    expect(await policyOf('.show cluster policy capacity')).toEqual({
      ExportCapacity: { ClusterMaximumConcurrentOperations: 2, CoreUtilizationCoefficient: 0.5 },
    });
    for (const wrong of [
      '{"IngestionCapacity":{}}',
      '{"ExportCapacity":{"CoreUtilizationCoefficient":"x"}}',
      '[]',
      '{',
    ]) {
      expect((await db.refusal(`.alter cluster policy capacity '${wrong}'`)).code, wrong).toBe(
        'BadRequest_InvalidPolicy',
      );
    }
  });

  it('that would have no effect are refused by name', async () => {
    for (const text of [
      `.alter table T policy row_level_security enable "T"`,
      `.alter table T policy restricted_view_access true`,
      `.alter table T policy update '[]'`,
      `.alter table T policy auto_delete '{}'`,
      `.alter table T policy partitioning '{}'`,
    ]) {
      expect((await db.refusal(text)).code, text).toBe('CAL0100');
    }
    expect(await policyOf('.show table T policy row_level_security')).toBe(null);
  });

  it('are changed by who administers their level', async () => {
    const user = caller('user');
    await db.grant(user, 'User');
    for (const text of [
      '.alter table T policy caching hot = 1d',
      `.alter database Db policy retention '{}'`,
      '.delete cluster policy callout',
      `.alter database Db policy managed_identity '[]'`,
      '.show cluster policy callout',
      '.alter table T policy ingestiontime false',
    ]) {
      expect((await db.refusal(text, user)).code, text).toBe('Forbidden');
    }
    await db.grant(user, 'Admin');
    await db.run('.alter table T policy caching hot = 1d', user);
    expect((await db.refusal(`.alter database Db policy managed_identity '[]'`, user)).code).toBe('Forbidden');
  });
});
