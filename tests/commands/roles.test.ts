import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ADMIN, caller, openCommands, TENANT, USER_IDENTITY, type Commands } from './harness.js';

let db: Commands;
beforeEach(async () => {
  db = await openCommands();
  await db.run('.create table T (a:long)');
});
afterEach(() => db.close());

const member = caller('member');
const fqn = `aaduser=${member.principal.id};${TENANT}`;

describe('security roles', () => {
  it('are added, shown with their notes, kept once, and dropped', async () => {
    const added = await db.rows(`.add database Db viewers ('${fqn}') 'for the report'`);
    expect(added).toEqual([
      {
        Role: 'Database Db Viewer',
        PrincipalType: 'Microsoft Entra user',
        PrincipalDisplayName: '',
        PrincipalObjectId: member.principal.id,
        PrincipalFQN: fqn,
        Notes: 'for the report',
        RoleAssignmentIdentifier: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      },
    ]);
    expect(await db.rows(`.add database Db viewers ('${fqn}')`)).toEqual(added);
    expect(await db.rows('.show database Db principals', member)).toEqual(added);
    expect(await db.rows('.show tables', member)).toHaveLength(1);
    expect(await db.rows(`.drop database Db viewers ('${fqn}')`)).toEqual([]);
    expect((await db.refusal('.show tables', member)).code).toBe('Forbidden');
  });

  it('are set, replaced and cleared, without results when asked', async () => {
    await db.run(`.add database Db users ('${fqn}', 'aaduser=b@fabrikam.com')`);
    const left = await db.rows(`.set database Db users ('aadapp=${USER_IDENTITY}')`);
    expect(left.map((row) => [row['PrincipalFQN'], row['PrincipalDisplayName']])).toEqual([
      [`aadapp=${USER_IDENTITY};${TENANT}`, 'exporter'],
    ]);
    expect(await db.rows('.set database Db users none skip-results')).toEqual([]);
    expect(await db.rows('.show database principals')).toEqual([]);
  });

  it('change nothing when one of the principals cannot be understood', async () => {
    expect((await db.refusal(`.add database Db users ('${fqn}', 'nonsense')`)).code).toBe('Principal_Malformed');
    expect(await db.rows('.show database Db principals')).toEqual([]);
  });

  it('are of tables, external tables, functions and the cluster too', async () => {
    expect((await db.rows(`.add table T ingestors ('${fqn}')`))[0]?.['Role']).toBe('Table T Ingestor');
    expect((await db.rows(`.add cluster alldatabasesviewers ('${fqn}')`))[0]?.['Role']).toBe('AllDatabasesViewer');
    expect(await db.rows('.show tables', member)).toHaveLength(1);
    expect((await db.refusal(`.add function F admins ('${fqn}')`)).code).toBe('BadRequest_EntityNotFound');
    expect((await db.refusal(`.add external table E admins ('${fqn}')`)).code).toBe('BadRequest_EntityNotFound');
    expect((await db.refusal(`.add table T viewers ('${fqn}')`)).code).toBe('SYN0002');
    expect((await db.refusal(`.add cluster ops ('${fqn}')`)).code).toBe('CAL0100');
  });

  it('are given by admins only', async () => {
    await db.grant(member, 'User');
    for (const text of [
      `.add database Db admins ('${fqn}')`,
      `.add table T admins ('${fqn}')`,
      `.add cluster alldatabasesadmins ('${fqn}')`,
      `.set database Db admins none`,
    ]) {
      expect((await db.refusal(text, member)).code, text).toBe('Forbidden');
    }
  });

  it('are told to whom they belong, and of others to who may see them', async () => {
    await db.run(`.add database Db ingestors ('${fqn}')`);
    const own = [
      { Scope: 'Database Db', DisplayName: '', AADObjectID: member.principal.id, Role: 'Database Db Ingestor' },
    ];
    expect(await db.rows('.show database Db principal roles', member)).toEqual(own);
    expect(await db.rows('.show principal roles', member)).toEqual(own);
    expect(await db.rows(`.show principal '${fqn}' roles`)).toEqual(own);
    expect(await db.rows('.show table T principal roles', member)).toEqual([]);
    expect(await db.rows('.show database Db principal roles', caller('stranger'))).toEqual([]);
    expect(await db.rows('.show database NoSuch principal roles', caller('stranger'))).toEqual([]);
    expect((await db.refusal(`.show database Db principal '${fqn}' roles`, caller('stranger'))).code).toBe('Forbidden');
    expect((await db.rows('.show cluster principal roles', ADMIN))[0]?.['Role']).toBe('AllDatabasesAdmin');
  });
});
