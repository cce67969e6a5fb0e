import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';

/** A line of a bench's report. */
export interface Measurement {
  readonly name: string;
  readonly value: string;
  /** The most that it may be. */
  readonly bar?: number;
  readonly missed?: boolean;
}

/** A number that may be at most so much. */
export const bar = (name: string, value: number, most: number): Measurement => ({
  name,
  value: value.toFixed(2),
  bar: most,
  missed: value > most,
});

/** Prints the report, writes it where it is asked for, and sets the exit code: 1 when a bar is missed. */
export function finish(measurements: readonly Measurement[], file: string | undefined): void {
  const table = new Table({ head: ['measured', 'value', 'bar', ''] });
  for (const { name, value, bar, missed } of measurements) {
    table.push([
      name,
      value,
      bar === undefined ? '' : `≤ ${bar.toFixed(2)}`,
      missed === undefined ? '' : missed ? 'MISSED' : 'ok',
    ]);
  }
  console.log(table.toString());
  if (file !== undefined) writeFileSync(file, `${JSON.stringify(measurements, null, 2)}\n`);
  if (measurements.some((each) => each.missed)) process.exitCode = 1;
}

/** Whether a module is the one that Node was started with. */
export const isMain = (url: string): boolean => process.argv[1] !== undefined && fileURLToPath(url) === process.argv[1];
