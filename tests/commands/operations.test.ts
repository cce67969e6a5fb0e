import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defineCommand, flag, literal, schema, seq } from '../../src/commands/framework/index.js';
import { CORE_COMMANDS, type Command } from '../../src/commands/index.js';
import { KustoError } from '../../src/errors/index.js';
import { caller, openCommands, type Commands } from './harness.js';

let db: Commands;
let finish: (error?: Error) => void;
let signal: AbortSignal | undefined;

/** Ends when the test says so. */
const work: Command = defineCommand({
  name: 'Work',
  grammar: seq('work', flag('async', 'async')),
  permission: 'DatabaseUser',
  result: schema('Rows: long, Path: string, At: datetime'),
  operation: 'Work',
  run: (_, context) =>
    new Promise((resolve, reject) => {
      signal = context.signal;
      context.signal.addEventListener('abort', () => reject(context.signal.reason as Error));
      finish = (error) => (error === undefined ? resolve([[9007199254740993n, 'p', 1n]]) : reject(error));
    }),
});

beforeEach(async () => {
  db = await openCommands({ commands: [...CORE_COMMANDS, work] });
});
afterEach(() => db.close());

const begin = async (as?: ReturnType<typeof caller>) => String((await db.rows('.work async', as))[0]?.['OperationId']);
const settled = async (id: string) => {
  while (db.operations.isRunning(id)) await new Promise((resolve) => setImmediate(resolve));
};

describe('operations', () => {
  it('answer at once, and tell their end and their result', async () => {
    const id = await begin();
    expect(await db.rows(`.show operations ${id}`)).toMatchObject([
      { OperationId: id, Operation: 'Work', State: 'InProgress' },
    ]);
    expect((await db.refusal(`.show operation ${id} details`)).code).toBe('BadRequest_OperationNotFound');
    finish();
    await settled(id);
    expect((await db.rows(`.show operations (${id})`))[0]).toMatchObject({ State: 'Completed', ShouldRetry: false });
    expect(await db.rows(`.show operation ${id} details`)).toEqual([{ Rows: 9007199254740993n, Path: 'p', At: 1n }]);
  });

  it('tell how they failed', async () => {
    const states: unknown[] = [];
    for (const error of [
      new KustoError('BadRequest_EntityNotFound', 'gone'),
      new KustoError('General_Throttled', 'later'),
      new Error('a secret of ours'),
    ]) {
      const id = await begin();
      finish(error);
      await settled(id);
      const [row] = await db.rows(`.show operations ${id}`);
      states.push([row?.['State'], row?.['Status'], row?.['ShouldRetry']]);
    }
    expect(states).toEqual([
      ['BadInput', 'gone', false],
      ['Throttled', 'later', true],
      ['Failed', 'Internal error.', true],
    ]);
  });

  it('are cancelled by their owner and by admins', async () => {
    const [owner, other] = [caller('owner'), caller('other')];
    await db.grant(owner, 'User');
    await db.grant(other, 'User');
    const id = await begin(owner);
    expect((await db.refusal(`.cancel operation ${id}`, other)).code).toBe('BadRequest_OperationNotFound');
    expect(await db.rows('.show operations', other)).toEqual([]);
    expect((await db.rows(`.cancel operation ${id} with (reason='enough')`, owner))[0]).toMatchObject({
      CancellationState: 'Canceled successfully',
    });
    expect(signal?.aborted).toBe(true);
    await settled(id);
    expect((await db.rows(`.show operations ${id}`))[0]).toMatchObject({ State: 'Canceled', Status: 'enough' });
    expect((await db.rows(`.cancel operation ${id}`))[0]).toMatchObject({ CancellationState: 'Cancel failed' });
  });

  it('are kept of work that is waited for, too', async () => {
    await db.run('.create table T (a:long)');
    expect(await db.rows('.show operations')).toMatchObject([
      { Operation: 'TableCreate', State: 'Completed', Database: 'Db' },
    ]);
  });
});

describe('scripts', () => {
  const script = `
//
// Create tables
.create-merge table T(a:string, b:string)
//
.drop table Missing
.show tables
.create-or-alter function
  with (skipvalidation = "true")
  F(myLimit: long) {
    T | take myLimit
}
`;
  it('stop at the first error, or go on, or throw', async () => {
    const stopped = await db.rows(`.execute database script <|${script}`);
    expect(stopped.map((row) => [row['CommandType'], row['Result']])).toEqual([
      ['TableCreateMerge', 'Completed'],
      ['TableDrop', 'Failed'],
    ]);
    expect(stopped[0]?.['CommandText']).toBe('.create-merge table T(a:string, b:string)');
    const all = await db.rows(`.execute database script with (ContinueOnErrors=true) <|${script}`);
    expect(all.map((row) => row['Result'])).toEqual(['Completed', 'Failed', 'Skipped', 'Completed']);
    expect(await db.rows('.show functions')).toHaveLength(1);
    const text = `.execute database script with (ThrowOnErrors=true) <|${script.replace('Missing', '(')}`;
    expect(await db.refusal(text)).toMatchObject({
      code: 'SYN0002',
      span: { start: text.indexOf('.drop table (') + 12 },
    });
  });

  it('show no hidden literal', async () => {
    const rows = await db.rows(`.execute database script <| .create table T (a:long) with (folder=h'geheim')`);
    expect(JSON.stringify(rows)).not.toContain('geheim');
  });
});

describe('hidden literals', () => {
  it('are in no error and in no record, whatever a handler says', async () => {
    await db.close();
    const careless: Command = defineCommand({
      name: 'Careless',
      grammar: seq('careless', flag('async', 'async'), literal('secret')),
      permission: 'Anyone',
      result: [],
      operation: 'Careless',
      run: ({ secret }) => {
        throw new KustoError('General_BadRequest', `I was told ${secret.value}.`);
      },
    });
    db = await openCommands({ commands: [...CORE_COMMANDS, careless] });
    expect((await db.refusal(`.careless 'open' h'geheim'`)).message).toBe('I was told open****.');
    await db.run(`.careless async h'geheim'`);
    await db.operations.close();
    const states = (await db.rows('.show operations')).map((row) => row['Status']);
    expect(states.sort()).toEqual(['I was told ****.', 'I was told open****.']);
  });
});
