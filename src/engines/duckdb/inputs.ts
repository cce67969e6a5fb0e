import { setImmediate } from 'node:timers/promises';
import { DuckDBDecimalValue, DuckDBUUIDValue, type DuckDBValue } from '@duckdb/node-api';
import { quoteIdentifier } from '../../sql/dialects/duckdb/layout.js';
import type { KustoType, KustoValue } from '../../values/index.js';
import type { InputTable } from '../engine.js';
import type { EngineConnection } from './connection.js';
import { DuckDBDataChunk } from '@duckdb/node-api';
import { columnDefinition } from './types.js';

/** Rows a chunk may hold at most. */
const CHUNK_ROWS = 2048;
/** Rows after which others have their turn. */
const ROWS_AT_ONCE = 8 * CHUNK_ROWS;

/** Makes the tables that the SQL reads, in the connection's temporary schema. */
export async function createInputs(connection: EngineConnection, inputs: readonly InputTable[] = []): Promise<void> {
  for (const input of inputs) await createInput(connection, input);
}

export async function dropInputs(connection: EngineConnection, inputs: readonly InputTable[] = []): Promise<void> {
  for (const input of inputs)
    await connection.run(`DROP TABLE IF EXISTS temp.main.${quoteIdentifier(input.name)}`, [], { urgent: true });
}

async function createInput(connection: EngineConnection, input: InputTable): Promise<void> {
  const definitions = input.types.map((type, c) => columnDefinition(`c${c}`, type)).join(', ');
  await connection.run(`CREATE TEMP TABLE ${quoteIdentifier(input.name)} (${definitions})`, [], { urgent: true });
  await connection.use(async (raw) => {
    const appender = await raw.createAppender(input.name, 'main', 'temp');
    try {
      const types = input.types.map((_, c) => appender.columnType(c));
      for (const batch of input.batches) {
        for (let from = 0; from < batch.rowCount; from += CHUNK_ROWS) {
          const rows = Math.min(CHUNK_ROWS, batch.rowCount - from);
          const chunk = DuckDBDataChunk.create(types, rows);
          input.types.forEach((type, c) => {
            const values = batch.columns[c]!.slice(from, from + rows);
            chunk.setColumnValues(c, values.map(TO_ENGINE[type]));
          });
          appender.appendDataChunk(chunk);
          if (from % ROWS_AT_ONCE === 0) await setImmediate();
        }
      }
    } finally {
      appender.closeSync();
    }
  });
}

const asIs = (value: KustoValue): DuckDBValue => value;

const TO_ENGINE: Readonly<Record<KustoType, (value: KustoValue) => DuckDBValue>> = {
  bool: asIs,
  int: asIs,
  long: asIs,
  real: asIs,
  datetime: asIs,
  timespan: asIs,
  dynamic: asIs,
  string: (value) => value ?? '',
  decimal: (value) => (value === null ? null : new DuckDBDecimalValue(scaled(value as string), 38, 18)),
  guid: (value) =>
    value === null ? null : DuckDBUUIDValue.fromUint128(BigInt(`0x${(value as string).replaceAll('-', '')}`)),
};

/** Decimal text times 10^18; digits beyond the 18th are cut. */
function scaled(text: string): bigint {
  const [, sign, whole, fraction = ''] = /^(-?)(\d*)\.?(\d*)$/.exec(text) ?? [];
  const value = BigInt(`${whole || '0'}${fraction.slice(0, 18).padEnd(18, '0')}`);
  return sign ? -value : value;
}
