import { randomUUID } from 'node:crypto';
import Table from 'cli-table3';
import { isCommand } from '../protocol/index.js';
import { waiting } from './waiting.js';

export interface QueryOptions {
  readonly endpoint: string;
  readonly db: string;
  readonly token?: string;
}

interface V1Table {
  readonly Columns: readonly { readonly ColumnName: string; readonly ColumnType: string }[];
  readonly Rows: readonly (readonly unknown[] | { readonly OneApiErrors: readonly V1Error[] })[];
}

interface V1Error {
  readonly error?: { readonly '@message'?: string; readonly message?: string };
}

/** Sends a query or command and prints its results. Throws an Error with the server's message. */
export async function query(text: string, options: QueryOptions): Promise<void> {
  const { response, body } = await waiting(send(text, options));
  if (!response.ok) throw new Error(messageOf(body) ?? `${response.status} ${response.statusText}`);
  const { Tables } = JSON.parse(keepLongNumbers(body)) as { readonly Tables: readonly V1Table[] };
  // Three tables tell about a query; a command has its result only.
  const results = Tables.length > 3 ? Tables.slice(0, -3) : Tables;
  for (const table of results) print(table);
}

async function send(
  text: string,
  { endpoint, db, token }: QueryOptions,
): Promise<{ response: Response; body: string }> {
  const path = isCommand(text) ? '/v1/rest/mgmt' : '/v1/rest/query';
  const response = await fetch(new URL(path, endpoint), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-ms-app': 'calypso query',
      'x-ms-client-request-id': `calypso;${randomUUID()}`,
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ db, csl: text }),
  }).catch((error: Error) => {
    const reason = (error.cause as NodeJS.ErrnoException | undefined)?.code ?? error.message;
    throw new Error(`${endpoint} does not answer (${reason}). Is 'calypso serve' running there?`);
  });
  return { response, body: await response.text() };
}

function print(table: V1Table): void {
  const rows = table.Rows.filter((row): row is readonly unknown[] => Array.isArray(row));
  console.log(
    tableText(
      table.Columns.map((c) => c.ColumnName),
      rows.map((row) => row.map(cellText)),
      process.stdout.columns,
    ),
  );
  console.log(`${rows.length} ${rows.length === 1 ? 'row' : 'rows'}`);
  const failure = table.Rows.find((row): row is { OneApiErrors: readonly V1Error[] } => !Array.isArray(row));
  if (failure) throw new Error(failure.OneApiErrors[0]?.error?.['@message'] ?? 'The result is not complete.');
}

/** @param width columns of the terminal; undefined when the output goes elsewhere, and nothing is cut */
export function tableText(header: readonly string[], rows: readonly (readonly string[])[], width?: number): string {
  const widest = header.map(
    (name, c) =>
      rows.reduce(
        (most, row) => Math.max(most, ...(row[c] ?? '').split('\n').map((line) => line.length)),
        name.length,
      ) + 2,
  );
  const colWidths = width === undefined ? widest : fitting(widest, width - header.length - 1);
  const table = new Table({ head: [...header], style: { head: [], border: [] }, colWidths, wordWrap: false });
  for (const row of rows) table.push([...row]);
  return table.toString();
}

/** Takes from the widest columns until the sum fits; none gets narrower than 6. */
function fitting(widths: readonly number[], room: number): number[] {
  const result = [...widths];
  let excess = result.reduce((a, b) => a + b, 0) - room;
  while (excess > 0) {
    const most = Math.max(...result);
    if (most <= 6) break;
    const next = Math.max(6, ...result.filter((w) => w < most));
    for (let c = 0; c < result.length && excess > 0; c++) {
      if (result[c] !== most) continue;
      const cut = Math.min(most - next || 1, excess);
      result[c] = most - cut;
      excess -= cut;
    }
  }
  return result;
}

const cellText = (value: unknown): string =>
  value === null || value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);

/** Integers beyond 2^53 as strings, outside of strings: JSON.parse would round them. */
const keepLongNumbers = (json: string): string =>
  json.replace(/"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g, (part) => (part.startsWith('"') ? part : `"${part}"`));

function messageOf(body: string): string | undefined {
  try {
    const { error } = JSON.parse(body) as V1Error;
    return error?.['@message'] ?? error?.message;
  } catch {
    return undefined;
  }
}
