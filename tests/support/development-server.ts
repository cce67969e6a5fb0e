import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { compose } from '../../src/cli/compose.js';
import { parseConfiguration } from '../../src/cli/config.js';
import type { ServerLog } from '../../src/server/index.js';

type Cell = string | number | boolean | null | object;

export interface HttpAnswer {
  readonly status: number;
  /** Of the first table. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  readonly extendedProperties: readonly unknown[];
  readonly error: { readonly code: string; readonly '@message': string; readonly '@permanent': boolean } | undefined;
}

/** The whole server in development mode, in this process, and what it answers over HTTP. */
export async function startDevelopmentServer() {
  const folder = await mkdtemp(join(tmpdir(), 'calypso-development-'));
  const configuration = parseConfiguration(`{ server: { port: 0 }, data: data, localRoots: [files] }`, folder);
  const log = pino({ level: 'silent' }) as unknown as ServerLog;
  const calypso = await compose(configuration, { development: true, log });
  const endpoint = await calypso.listen();
  const send = async (
    path: string,
    csl: string,
    properties: object = {},
    db = 'NetDefaultDB',
    signal: AbortSignal | null = null,
  ): Promise<HttpAnswer> => {
    const response = await fetch(`${endpoint}${path}`, {
      signal,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ db, csl, properties }),
    });
    return decoded(response.status, await response.json());
  };
  return {
    endpoint,
    /** Files that the server may read and write. */
    files: join(folder, 'files'),
    query: (csl: string, Options: object = {}, Parameters: object = {}, db?: string, signal?: AbortSignal) =>
      send('/v1/rest/query', csl, { Options, Parameters }, db, signal),
    /** A command that must succeed. */
    command: async (csl: string, db?: string): Promise<HttpAnswer> => {
      const answer = await send('/v1/rest/mgmt', csl, {}, db);
      if (answer.error) throw new Error(`${csl}: ${answer.error['@message']}`);
      return answer;
    },
    refused: async (csl: string, db?: string) => {
      const { status, error } = await send('/v1/rest/mgmt', csl, {}, db);
      return { status, code: error?.code, message: error?.['@message'] };
    },
    stop: async () => {
      await calypso.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export type DevelopmentServer = Awaited<ReturnType<typeof startDevelopmentServer>>;

interface V1Table {
  readonly Columns: readonly { readonly ColumnName: string }[];
  readonly Rows: readonly (readonly Cell[])[];
}

function decoded(status: number, body: unknown): HttpAnswer {
  const { Tables: tables, error } = body as { Tables?: readonly V1Table[]; error?: HttpAnswer['error'] };
  const [first] = tables ?? [];
  // A query's answer ends with three tables about it: properties, status, contents.
  const properties = tables && tables.length > 3 ? tables.at(-3)!.Rows : [];
  return {
    status,
    columns: first?.Columns.map((column) => column.ColumnName) ?? [],
    rows: first?.Rows ?? [],
    extendedProperties: properties.map(([value]) => JSON.parse(String(value)) as unknown),
    error,
  };
}
