import type { Kusto } from '../../demo/kusto.js';

const BATCH = 500;
/** The target's partitions: a run writes a file for each, so that a kill can fall between two. */
const AIRPORTS = ['SEA', 'SFO', 'JFK', 'ORD'];

/** Ingests batch after batch, and keeps the book of what must be in the table. */
export class Writer {
  static readonly TABLE = 'Events';
  #batches = 0;
  #records = 0;
  /** A batch whose answer never came: whole in the table, or not at all. */
  #unknown: number | undefined;

  constructor(private readonly kusto: Kusto) {}

  /** Records that are certainly in the table. */
  get records(): number {
    return this.#records;
  }

  /** The highest id that was ever sent. */
  get lastId(): number {
    return this.#batches * BATCH;
  }

  async ingest(): Promise<void> {
    const batch = ++this.#batches;
    this.#unknown = batch;
    const lines = Array.from({ length: BATCH }, (_, i) => {
      const id = (batch - 1) * BATCH + i + 1;
      return `${id},2001-01-01T00:00:00Z,${id % 90},${id % 2000},${AIRPORTS[id % AIRPORTS.length]},LAX`;
    });
    await this.kusto.run(`.ingest inline into table ${Writer.TABLE} <|\n${lines.join('\n')}`);
    this.#unknown = undefined;
    this.#records += BATCH;
  }

  /** After a restart: finds out what became of the batch that was under way, and holds the table against the book. */
  async settle(): Promise<void> {
    if (this.#unknown !== undefined) {
      const first = (this.#unknown - 1) * BATCH + 1;
      const found = await this.#count(`where Id between (${first} .. ${first + BATCH - 1})`);
      if (found !== 0 && found !== BATCH)
        throw new Error(`${found} of ${BATCH} records of one request are in the table.`);
      this.#records += found;
      this.#unknown = undefined;
    }
    const all = await this.#count('where true');
    if (all !== this.#records) throw new Error(`The table holds ${all} records; ${this.#records} were acknowledged.`);
  }

  async #count(filter: string): Promise<number> {
    return Number((await this.kusto.one(`${Writer.TABLE} | ${filter} | count`))['Count']);
  }
}
