import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CORE_COMMANDS } from '../../src/commands/index.js';
import { POLICY_KINDS } from '../../src/commands/policies/kinds.js';
import { KustoError } from '../../src/errors/index.js';
import type { Caller } from '../../src/security/index.js';
import { caller, openCommands, requestOf, type Commands } from './harness.js';
import { policySample, SAMPLES, type Need } from './samples.js';

/** Callers by the roles that they hold. A table's ingestor holds nothing else. */
const ROLES = [
  'stranger',
  'ingestor',
  'viewer',
  'unrestrictedViewer',
  'user',
  'monitor',
  'admin',
  'tableIngestor',
  'tableAdmin',
  'functionAdmin',
  'externalTableAdmin',
  'clusterMonitor',
  'clusterViewer',
  'clusterAdmin',
] as const;
type Role = (typeof ROLES)[number];

const ADMINS = ['admin', 'clusterAdmin'] as const;
/** Admins of entities are Database Users (of an external table, a Viewer) as well. */
const USERS = [...ADMINS, 'user', 'tableAdmin', 'functionAdmin'] as const;

const WHO: Readonly<Record<Need, readonly Role[]>> = {
  Anyone: ROLES,
  AllDatabasesAdmin: ['clusterAdmin'],
  AllDatabasesMonitor: ['clusterAdmin', 'clusterMonitor'],
  DatabaseAdmin: ADMINS,
  DatabaseUser: USERS,
  DatabaseIngestor: [...ADMINS, 'ingestor'],
  DatabaseUserViewerOrMonitor: [...USERS, 'viewer', 'monitor', 'externalTableAdmin', 'clusterMonitor', 'clusterViewer'],
  TableAdmin: [...ADMINS, 'tableAdmin'],
  TableIngestor: [...ADMINS, 'tableAdmin', 'tableIngestor', 'ingestor'],
  FunctionAdmin: [...ADMINS, 'functionAdmin'],
  ExternalTableAdmin: [...ADMINS, 'externalTableAdmin'],
};

const callers = Object.fromEntries(ROLES.map((role, index) => [role, caller(`${index}:${role}`)])) as Record<
  Role,
  Caller
>;

function samplesOf(name: string): readonly (readonly [string, Need])[] {
  const policy = POLICY_KINDS.find(({ keyword }) => name.endsWith(`Policy${capitals(keyword)}`));
  return SAMPLES[name] ?? (policy === undefined ? [] : [policySample(name, policy.keyword)]);
}

const capitals = (text: string) => text.replace(/(^|_)(\w)/g, (_, __, letter: string) => letter.toUpperCase());

let db: Commands;
const ran: string[] = [];

beforeAll(async () => {
  // Who may is decided before a command runs: what they do is tested elsewhere.
  const commands = CORE_COMMANDS.map((command) => {
    const { operation, ...rest } = command;
    void operation;
    return { ...rest, run: () => (ran.push(command.name), []) };
  });
  db = await openCommands({ commands });
  await db.catalog.transact((tx) => {
    const databaseId = tx.database('Db')!.id;
    const [table, fn, external] = [randomUUID(), randomUUID(), randomUUID()];
    const common = { databaseId, folder: '', docString: '' };
    tx.put({ kind: 'table', id: table, name: 'T', columns: [], nextColumnId: 0, ...common });
    tx.put({ kind: 'function', id: fn, name: 'F', parameters: '()', body: '{}', ...common });
    tx.put({
      kind: 'externalTable',
      id: external,
      name: 'E',
      tableKind: 'storage',
      columns: [],
      partitions: [],
      pathFormat: [],
      dataFormat: 'csv',
      connections: [],
      properties: {},
      ...common,
    });
    const give = (
      who: Role,
      scope: string,
      role:
        | 'Admin'
        | 'User'
        | 'Viewer'
        | 'UnrestrictedViewer'
        | 'Ingestor'
        | 'Monitor'
        | 'AllDatabasesAdmin'
        | 'AllDatabasesViewer'
        | 'AllDatabasesMonitor',
    ) => tx.put({ kind: 'role', id: randomUUID(), scope, role, principal: callers[who].principal, notes: '' });
    give('ingestor', databaseId, 'Ingestor');
    give('viewer', databaseId, 'Viewer');
    give('unrestrictedViewer', databaseId, 'UnrestrictedViewer');
    give('user', databaseId, 'User');
    give('monitor', databaseId, 'Monitor');
    give('admin', databaseId, 'Admin');
    give('tableIngestor', table, 'Ingestor');
    give('tableAdmin', databaseId, 'User');
    give('tableAdmin', table, 'Admin');
    give('functionAdmin', databaseId, 'User');
    give('functionAdmin', fn, 'Admin');
    give('externalTableAdmin', databaseId, 'Viewer');
    give('externalTableAdmin', external, 'Admin');
    give('clusterMonitor', 'cluster', 'AllDatabasesMonitor');
    give('clusterViewer', 'cluster', 'AllDatabasesViewer');
    give('clusterAdmin', 'cluster', 'AllDatabasesAdmin');
  });
});
afterAll(() => db.close());

async function mayRun(text: string, role: Role): Promise<boolean> {
  try {
    await db.service.run(text, requestOf(callers[role]));
    return true;
  } catch (error) {
    if (error instanceof KustoError && error.code === 'Forbidden') return false;
    throw error;
  }
}

describe('who may run what', () => {
  it('is tested for every command there is', () => {
    const missing = CORE_COMMANDS.map(({ name }) => name).filter((name) => samplesOf(name).length === 0);
    expect(missing).toEqual([]);
    expect(Object.keys(SAMPLES).filter((name) => !CORE_COMMANDS.some((command) => command.name === name))).toEqual([]);
    const names = CORE_COMMANDS.map(({ name }) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  for (const { name } of CORE_COMMANDS) {
    for (const [text, need] of samplesOf(name)) {
      it(`${name}: ${text}`, async () => {
        ran.length = 0;
        const allowed: Role[] = [];
        for (const role of ROLES) if (await mayRun(text, role)) allowed.push(role);
        expect(allowed.sort()).toEqual([...WHO[need]].sort());
        // The text is this command's, and nobody else's.
        expect(new Set(ran)).toEqual(new Set([name]));
      });
    }
  }
});
