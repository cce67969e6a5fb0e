import { describe, expect, it } from 'vitest';
import { Snapshot } from '../catalog/snapshot.js';
import type { Entity, PrincipalRef, RoleAssignmentEntity } from '../catalog/model.js';
import { Authorization, bindings, type Target } from './authorization.js';
import { DEVELOPMENT_CALLER, type Caller } from './caller.js';
import type { Permission } from './permissions.js';

const TENANT = '11111111-1111-1111-1111-111111111111';
const ANN = '00000000-0000-0000-0000-00000000000a';
const ann: PrincipalRef = { type: 'aaduser', id: ANN, tenantId: TENANT, displayName: 'Ann' };
const caller: Caller = { principal: ann, identifiers: [ANN, 'Ann@fabrikam.com'], groups: ['g1'] };

const entities: readonly Entity[] = [
  { kind: 'database', id: 'd1', name: 'D', prettyName: '' },
  { kind: 'database', id: 'd2', name: 'Other', prettyName: '' },
  table('t1', 'T'),
  table('t2', 'U'),
  { kind: 'function', id: 'f1', databaseId: 'd1', name: 'F', parameters: '()', body: '{}', folder: '', docString: '' },
  {
    kind: 'externalTable',
    id: 'x1',
    databaseId: 'd1',
    name: 'X',
    tableKind: 'storage',
    columns: [],
    partitions: [],
    pathFormat: [],
    dataFormat: 'csv',
    connections: [],
    properties: {},
    folder: '',
    docString: '',
  },
];

function table(id: string, name: string): Entity {
  return { kind: 'table', id, databaseId: 'd1', name, folder: '', docString: '', columns: [], nextColumnId: 1 };
}

type Grant = readonly [scope: string, role: RoleAssignmentEntity['role'], principal?: PrincipalRef];

function withRoles(...grants: readonly Grant[]): Snapshot {
  const roles = grants.map(([scope, role, principal = ann], index): RoleAssignmentEntity => {
    return { kind: 'role', id: `r${index}`, scope, role, principal, notes: '' };
  });
  return Snapshot.of([...entities, ...roles]);
}

const at: Readonly<Record<string, Target>> = {
  T: { database: 'D', entity: { kind: 'table', name: 'T' } },
  U: { database: 'D', entity: { kind: 'table', name: 'U' } },
  F: { database: 'D', entity: { kind: 'function', name: 'F' } },
  X: { database: 'D', entity: { kind: 'externalTable', name: 'X' } },
};

const ALL: readonly (readonly [Permission, Target])[] = [
  ['AllDatabasesAdmin', {}],
  ['AllDatabasesMonitor', {}],
  ['DatabaseAdmin', { database: 'D' }],
  ['DatabaseUser', { database: 'D' }],
  ['DatabaseViewer', { database: 'D' }],
  ['DatabaseIngestor', { database: 'D' }],
  ['DatabaseMonitor', { database: 'D' }],
  ['DatabaseUserViewerOrMonitor', { database: 'D' }],
  ['DatabaseMonitorOrAdmin', { database: 'D' }],
  ['TableAdmin', at.T!],
  ['TableIngestor', at.T!],
  ['FunctionAdmin', at.F!],
  ['ExternalTableAdmin', at.X!],
];

const EVERYTHING_IN_DATABASE =
  'DatabaseAdmin DatabaseUser DatabaseViewer DatabaseIngestor DatabaseMonitor DatabaseUserViewerOrMonitor DatabaseMonitorOrAdmin TableAdmin TableIngestor FunctionAdmin ExternalTableAdmin';

// From 'Role-based access control', the columns Permissions and Dependencies.
const CLOSURES: readonly (readonly [title: string, grants: readonly Grant[], permissions: string])[] = [
  ['nothing', [], ''],
  [
    'AllDatabasesAdmin',
    [['cluster', 'AllDatabasesAdmin']],
    `AllDatabasesAdmin AllDatabasesMonitor ${EVERYTHING_IN_DATABASE}`,
  ],
  ['AllDatabasesViewer', [['cluster', 'AllDatabasesViewer']], 'DatabaseViewer DatabaseUserViewerOrMonitor'],
  [
    'AllDatabasesMonitor',
    [['cluster', 'AllDatabasesMonitor']],
    'AllDatabasesMonitor DatabaseMonitor DatabaseUserViewerOrMonitor DatabaseMonitorOrAdmin',
  ],
  ['Admin', [['d1', 'Admin']], EVERYTHING_IN_DATABASE],
  ['User', [['d1', 'User']], 'DatabaseUser DatabaseViewer DatabaseUserViewerOrMonitor'],
  ['Viewer', [['d1', 'Viewer']], 'DatabaseViewer DatabaseUserViewerOrMonitor'],
  ['UnrestrictedViewer alone', [['d1', 'UnrestrictedViewer']], ''],
  ['Ingestor', [['d1', 'Ingestor']], 'DatabaseIngestor TableIngestor'],
  ['Monitor', [['d1', 'Monitor']], 'DatabaseMonitor DatabaseUserViewerOrMonitor DatabaseMonitorOrAdmin'],
  ['Admin of another database', [['d2', 'Admin']], ''],
  [
    'Table Admin with Database User',
    [
      ['d1', 'User'],
      ['t1', 'Admin'],
    ],
    'DatabaseUser DatabaseViewer DatabaseUserViewerOrMonitor TableAdmin TableIngestor',
  ],
  ['Table Admin who is no longer in the database', [['t1', 'Admin']], ''],
  ['Table Ingestor', [['t1', 'Ingestor']], 'TableIngestor'],
  ['Ingestor of another table', [['t2', 'Ingestor']], ''],
  [
    'Function Admin with Database User',
    [
      ['d1', 'User'],
      ['f1', 'Admin'],
    ],
    'DatabaseUser DatabaseViewer DatabaseUserViewerOrMonitor FunctionAdmin',
  ],
  [
    'External Table Admin with Database Viewer',
    [
      ['d1', 'Viewer'],
      ['x1', 'Admin'],
    ],
    'DatabaseViewer DatabaseUserViewerOrMonitor ExternalTableAdmin',
  ],
  ['External Table Admin alone', [['x1', 'Admin']], ''],
];

describe('closure of roles', () => {
  const authorization = new Authorization();
  it.each(CLOSURES)('%s gives exactly what the reference gives', (_title, grants, expected) => {
    const snapshot = withRoles(...grants);
    const given = ALL.filter(([permission, target]) => authorization.allows(snapshot, caller, permission, target));
    expect(given.map(([permission]) => permission)).toEqual(expected === '' ? [] : expected.split(' '));
  });

  it('an ingestor and a monitor may not query, a viewer may', () => {
    const mayQuery = (...grants: Grant[]) => authorization.mayQuery(withRoles(...grants), caller, 'D');
    expect(mayQuery(['d1', 'Ingestor'])).toBe(false);
    expect(mayQuery(['d1', 'Monitor'])).toBe(false);
    expect(mayQuery(['t1', 'Ingestor'])).toBe(false);
    expect(mayQuery(['d1', 'Viewer'])).toBe(true);
  });

  it('an unrestricted viewer is one only beside a role that reads', () => {
    const isOne = (...grants: Grant[]) => authorization.isUnrestrictedViewer(withRoles(...grants), caller, 'D');
    expect(isOne(['d1', 'UnrestrictedViewer'])).toBe(false);
    expect(isOne(['d1', 'UnrestrictedViewer'], ['d1', 'Monitor'])).toBe(false);
    expect(isOne(['d1', 'UnrestrictedViewer'], ['d1', 'Viewer'])).toBe(true);
    expect(isOne(['d1', 'Admin'])).toBe(false);
  });

  it('roles come by group, by UPN whatever its case, and from the configuration', () => {
    const group = (tenantId: string): PrincipalRef => ({ type: 'aadgroup', id: 'G1', tenantId, displayName: '' });
    expect(authorization.mayQuery(withRoles(['d1', 'Viewer', group(TENANT)]), caller, 'D')).toBe(true);
    expect(authorization.mayQuery(withRoles(['d1', 'Viewer', group('oidc:x')]), caller, 'D')).toBe(false);
    expect(authorization.mayQuery(withRoles(['d1', 'Viewer', { ...ann, id: 'ann@FABRIKAM.com' }]), caller, 'D')).toBe(
      true,
    );
    expect(new Authorization([ann]).allows(withRoles(), caller, 'AllDatabasesAdmin')).toBe(true);
    expect(new Authorization().allows(withRoles(), DEVELOPMENT_CALLER, 'AllDatabasesAdmin')).toBe(true);
  });

  it('the same id in another tenant, or as another type, is somebody else', () => {
    expect(authorization.mayQuery(withRoles(['d1', 'Viewer', { ...ann, tenantId: 'oidc:mine' }]), caller, 'D')).toBe(
      false,
    );
    expect(authorization.mayQuery(withRoles(['d1', 'Viewer', { ...ann, type: 'aadapp' }]), caller, 'D')).toBe(false);
  });
});

describe('refusals', () => {
  const authorization = new Authorization();
  const refusal = (snapshot: Snapshot, permission: Permission, target: Target): unknown => {
    try {
      authorization.require(snapshot, caller, permission, target);
      return undefined;
    } catch (error) {
      return error;
    }
  };

  it('who may see nothing cannot tell what exists from what does not', () => {
    const nothing = withRoles(['t2', 'Ingestor']);
    const message = (target: Target) => (refusal(nothing, 'TableAdmin', target) as Error).message;
    const real = message(at.T!);
    const missing = message({ database: 'D', entity: { kind: 'table', name: 'Missing' } });
    expect(missing.replace('Missing', 'T')).toBe(real);
    const database = (name: string) => (refusal(nothing, 'DatabaseViewer', { database: name }) as Error).message;
    expect(database('Nowhere').replace('Nowhere', 'D')).toBe(database('D'));
    expect(refusal(nothing, 'DatabaseViewer', { database: 'Nowhere' })).toMatchObject({
      code: 'Forbidden',
      status: 403,
    });
  });

  it('who may see is told what is missing', () => {
    expect(
      refusal(withRoles(['d1', 'Viewer']), 'TableAdmin', { database: 'D', entity: { kind: 'table', name: 'Missing' } }),
    ).toMatchObject({ code: 'BadRequest_EntityNotFound' });
    expect(
      refusal(withRoles(['cluster', 'AllDatabasesViewer']), 'DatabaseViewer', { database: 'Nowhere' }),
    ).toMatchObject({
      code: 'BadRequest_DatabaseNotExist',
    });
  });

  it('names the principal, the place and the role that is needed', () => {
    const { message } = refusal(withRoles(['d1', 'User']), 'TableAdmin', at.T!) as Error;
    expect(message).toContain(`aaduser=${ANN};${TENANT}`);
    expect(message).toContain("table 'T' of database 'D'");
    expect(message).toContain('Table Admin');
  });

  it('shows only the databases in which the caller has a role', () => {
    const names = (snapshot: Snapshot) => authorization.visibleDatabases(snapshot, caller).map(({ name }) => name);
    expect(names(withRoles())).toEqual([]);
    expect(names(withRoles(['d2', 'Monitor']))).toEqual(['Other']);
    expect(names(withRoles(['cluster', 'AllDatabasesViewer']))).toEqual(['D', 'Other']);
  });
});

describe('binding of names', () => {
  it('a role given to a UPN becomes one of the object id that first bears it', () => {
    const snapshot = withRoles(['d1', 'Admin', { ...ann, id: 'ann@fabrikam.com' }], ['d1', 'Viewer']);
    expect(bindings(snapshot, caller)).toMatchObject([{ id: 'r0', role: 'Admin', principal: { id: ANN } }]);
  });
});
