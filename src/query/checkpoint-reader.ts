import type { Engine } from '../engines/engine.js';
import type { CheckpointReader } from '../external/index.js';

/** Checkpoints of Delta logs are Parquet, with nested columns: the engine reads them as JSON. */
export function checkpointReader(engine: Pick<Engine, 'run' | 'scanFiles' | 'exchangeDirectory'>): CheckpointReader {
  return {
    directory: engine.exchangeDirectory,
    async *rows(path, columns, signal) {
      const scan = await engine.scanFiles(
        {
          files: [{ path, location: path }],
          format: 'parquet',
          gzip: false,
          skipFirstRecord: false,
          columns: columns.map((name) => ({ name, type: 'dynamic', source: { kind: 'path', steps: [name] } })),
        },
        signal,
      );
      const result = await engine.run(scan, signal);
      try {
        for await (const batch of result.batches()) {
          for (let row = 0; row < batch.rowCount; row++) {
            const members = columns.flatMap((name, index) => {
              const text = batch.columns[index]?.[row];
              return typeof text === 'string' ? [[name, JSON.parse(text) as unknown] as const] : [];
            });
            yield Object.fromEntries(members);
          }
        }
      } finally {
        await result.close();
      }
    },
  };
}
