import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import Table from 'cli-table3';
import type { Flights } from './flights.js';
import type { Kusto } from './kusto.js';
import type { ContainerAccount } from './read-container.js';
import { count, PLAIN } from './print.js';

/** How often the records were found at one place. */
interface Finding {
  readonly place: string;
  readonly records: number;
  readonly missing: number | null;
  readonly doubled: number | null;
  /** Sums over all records; null where the place does not hold the records themselves. */
  readonly delay: bigint | null;
  readonly distance: bigint | null;
}

export interface Places {
  readonly table: string;
  readonly job: string;
  /** The external table that reads as the managed identity. */
  readonly reader: string;
  /** The container's address past Calypso, and what an outsider needs to read it. */
  readonly containerUrl: string;
  readonly storageKey: string;
  readonly certificateFile: string;
}

/** Counts the records at every place where they should be, and prints it. True when nothing is missing or doubled. */
export async function settle(kusto: Kusto, flights: Flights, places: Places): Promise<boolean> {
  const artifacts = await kusto.run(`.show continuous-export ${places.job} exported-artifacts`);
  const numRecords = artifacts.columns.indexOf('NumRecords');
  const exported = artifacts.rows.reduce((sum, row) => sum + Number(row[numRecords]), 0);
  const outside = await asOutsider(places, flights.records);

  const findings: Finding[] = [
    await asked(kusto, 'ingested', places.table, flights.records),
    { place: 'in exported artifacts', records: exported, missing: null, doubled: null, delay: null, distance: null },
    await asked(kusto, 'read back through external_table()', `external_table('${places.reader}')`, flights.records),
    {
      ...outside,
      place: 'read by an outsider, without Calypso',
      delay: BigInt(outside.delay),
      distance: BigInt(outside.distance),
    },
  ];
  const table = new Table({
    head: ['Records', '', 'missing', 'duplicates'],
    colAligns: ['left', 'right', 'right', 'right'],
    ...PLAIN,
  });
  for (const { place, records, missing, doubled } of findings) {
    table.push([place, count(records), missing ?? '', doubled ?? '']);
  }
  console.log(table.toString());
  const listed = artifacts.rows.length;
  console.log(
    `files ${count(outside.files)} (${(outside.bytes / 1e6).toFixed(1)} MB); exported-artifacts lists ${count(listed)}`,
  );

  const isWhole = (f: Finding): boolean =>
    f.records === flights.records &&
    (f.missing ?? 0) === 0 &&
    (f.doubled ?? 0) === 0 &&
    (f.delay ?? flights.delay) === flights.delay &&
    (f.distance ?? flights.distance) === flights.distance;
  const missing = Math.max(...findings.map((f) => f.missing ?? flights.records - f.records));
  const doubled = Math.max(...findings.map((f) => f.doubled ?? f.records - flights.records));
  console.log(`missing ${Math.max(0, missing)}`);
  console.log(`duplicates ${Math.max(0, doubled)}`);
  const broken = findings.filter((finding) => !isWhole(finding)).map((finding) => finding.place);
  if (broken.length > 0) console.log(`NOT the ${count(flights.records)} records that were sent: ${broken.join('; ')}`);
  if (listed !== outside.files) console.log('exported-artifacts and the container do not agree.');
  return broken.length === 0 && listed === outside.files;
}

/** Counts in KQL. Ids go from 1 up, so what is there and not distinct is doubled. */
async function asked(kusto: Kusto, place: string, source: string, expected: number): Promise<Finding> {
  const row = await kusto.one(
    `${source} | summarize Records = count(), Ids = count_distinct(Id), First = min(Id), Last = max(Id), ` +
      `Delay = sum(Delay), Distance = sum(Distance)`,
  );
  const [records, ids, first, last] = ['Records', 'Ids', 'First', 'Last'].map((name) => Number(row[name])) as [
    ...[number, number, number, number],
  ];
  if (records > 0 && (first < 1 || last > expected)) throw new Error(`${place}: ids from ${first} to ${last}.`);
  const sums = { delay: BigInt(row['Delay'] as string), distance: BigInt(row['Distance'] as string) };
  return { place, records, missing: expected - ids, doubled: records - ids, ...sums };
}

async function asOutsider(places: Places, records: number): Promise<ContainerAccount> {
  const program = fileURLToPath(new URL('outsider.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', program, places.containerUrl, String(records)],
    { env: { ...process.env, NODE_EXTRA_CA_CERTS: places.certificateFile, STORAGE_KEY: places.storageKey } },
  );
  return JSON.parse(stdout) as ContainerAccount;
}
