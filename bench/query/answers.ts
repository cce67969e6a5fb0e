type Rows = readonly (readonly unknown[])[];

const TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d+))?Z?$/;

/** A cell as all engines write it: numbers as numbers, times with all seven digits. */
function normal(cell: unknown): unknown {
  if (typeof cell !== 'string') return typeof cell === 'boolean' ? Number(cell) : cell;
  const time = TIME.exec(cell);
  if (time) return `${time[1]} ${time[2]}.${(time[3] ?? '').padEnd(7, '0')}`;
  if (/^\d{4}-\d\d-\d\d$/.test(cell)) return `${cell} 00:00:00.0000000`;
  return /^-?\d+(\.\d+)?$/.test(cell) ? Number(cell) : cell;
}

/** By their texts, so that rows without an order can be held against each other; estimates are no part of the order. */
const sorted = (rows: Rows): unknown[][] =>
  rows
    .map((row) => row.map(normal))
    .map((row) => ({
      row,
      key: JSON.stringify(row.map((cell) => (typeof cell === 'number' ? 0 : cell))) + JSON.stringify(row),
    }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ row }) => row);

/** The first difference between two answers, or undefined if they agree. Numbers may differ by the relative tolerance. */
export function difference(a: Rows, b: Rows, tolerance: number): string | undefined {
  if (a.length !== b.length) return `${a.length} rows and ${b.length} rows`;
  const [left, right] = [sorted(a), sorted(b)];
  for (const [r, row] of left.entries()) {
    const other = right[r]!;
    if (row.length !== other.length) return `${row.length} columns and ${other.length} columns`;
    for (const [c, cell] of row.entries()) {
      if (!alike(cell, other[c], tolerance)) return `${JSON.stringify(row)} and ${JSON.stringify(other)}`;
    }
  }
  return undefined;
}

function alike(a: unknown, b: unknown, tolerance: number): boolean {
  if (typeof a !== 'number' || typeof b !== 'number') return a === b;
  return Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b));
}
