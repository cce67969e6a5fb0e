import { randomUUID } from 'node:crypto';
import type { ColumnSchema } from '../../values/index.js';
import { pathOf } from './paths.js';
import { schemaString } from './schema.js';

/** The identity by which a commit is found again: a later version of the same application means that this one is in. */
export interface DeltaTransaction {
  readonly appId: string;
  readonly version: number;
}

export interface AddedFile {
  /** Name of the object below the table's address. */
  readonly name: string;
  readonly size: number;
  readonly partitionValues: Readonly<Record<string, string | null>>;
  /** JSON text. */
  readonly stats: string;
}

interface CommitOptions {
  readonly transaction: DeltaTransaction;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The actions of a commit that adds files, a line each. `create`: the columns of a table that the commit makes. */
export function appendCommit(
  files: readonly AddedFile[],
  options: CommitOptions & { readonly create?: readonly ColumnSchema[] },
): string {
  const { create, now } = options;
  return lines([
    commitInfo('WRITE', { mode: 'Append' }, options),
    ...(create === undefined ? [] : newTable(create, now)),
    { txn: { ...options.transaction, lastUpdated: now } },
    ...files.map(({ name, size, partitionValues, stats }) => ({
      add: { path: pathOf(name), partitionValues, size, modificationTime: now, dataChange: true, stats },
    })),
  ]);
}

/** Takes files out again; without any it only says that the transaction is over, so that no append of it can follow. */
export function withdrawCommit(names: readonly string[], options: CommitOptions): string {
  return lines([
    commitInfo('DELETE', {}, options),
    { txn: { ...options.transaction, lastUpdated: options.now } },
    ...names.map((name) => ({ remove: { path: pathOf(name), deletionTimestamp: options.now, dataChange: true } })),
  ]);
}

function commitInfo(operation: string, operationParameters: Readonly<Record<string, string>>, { now }: CommitOptions) {
  const isBlindAppend = operation === 'WRITE';
  return { commitInfo: { timestamp: now, operation, operationParameters, isBlindAppend, engineInfo: 'Calypso' } };
}

/** The lowest versions that the common writers make, and read. */
function newTable(columns: readonly ColumnSchema[], now: number): readonly object[] {
  return [
    { protocol: { minReaderVersion: 1, minWriterVersion: 2 } },
    {
      metaData: {
        id: randomUUID(),
        format: { provider: 'parquet', options: {} },
        schemaString: schemaString(columns),
        partitionColumns: [],
        configuration: {},
        createdTime: now,
      },
    },
  ];
}

const lines = (actions: readonly object[]): string => actions.map((action) => `${JSON.stringify(action)}\n`).join('');
