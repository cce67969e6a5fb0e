import Table from 'cli-table3';
import type { Answer } from './kusto.js';

/** Without lines between the rows. */
export const PLAIN = {
  style: { head: [], border: [] },
  chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
};
const WIDTH = Math.min(process.stdout.columns ?? 120, 140);
const isTerminal = process.stdout.isTTY === true;
const bold = (text: string): string => (isTerminal ? `\x1b[1m${text}\x1b[0m` : text);
const dim = (text: string): string => (isTerminal ? `\x1b[2m${text}\x1b[0m` : text);

export const heading = (text: string): void =>
  console.log(`\n${bold(text)}\n${'─'.repeat(Math.min(WIDTH, text.length))}`);
export const say = (text: string): void => console.log(text);
export const aside = (text: string): void => console.log(dim(text));

/** The command as it is sent, indented. */
export const command = (text: string): void => console.log(`\n${text.trim().replace(/^/gm, '  ')}`);

/** A wide answer of one row is printed downwards, any other as a table; long cells are cut. */
export function answer({ columns, rows }: Answer, limit = 8): void {
  if (columns.length > 4 && rows.length === 1) {
    const table = new Table({ ...PLAIN, colWidths: [24, WIDTH - 30], wordWrap: true, wrapOnWordBoundary: false });
    columns.forEach((name, i) => table.push([name, cell(rows[0]?.[i], 3 * (WIDTH - 32))]));
    console.log(table.toString());
    return;
  }
  const room = Math.max(12, Math.floor((WIDTH - 3 * columns.length) / Math.max(1, columns.length)));
  const widest = columns.length <= 6 ? Math.max(room, 40) : room;
  const table = new Table({ ...PLAIN, head: [...columns] });
  for (const row of rows.slice(0, limit)) table.push(row.map((value) => cell(value, widest)));
  console.log(table.toString());
  if (rows.length > limit) aside(`  … and ${rows.length - limit} more rows`);
}

function cell(value: unknown, width: number): string {
  const text = typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? '');
  const line = text.replace(/\s+/g, ' ');
  return line.length > width ? `${line.slice(0, width - 1)}…` : line;
}

export const count = (value: number): string => value.toLocaleString('en-US');
export const seconds = (since: number): string => `${((Date.now() - since) / 1000).toFixed(1)} s`;
