import { DeltaLog } from '../../external/index.js';
import { checkpointReader } from '../../query/checkpoint-reader.js';
import type { Manifest } from '../journal.js';
import type { ExportServices, Writer } from '../services.js';
import { DeltaWriter } from './delta-writer.js';
import { FilesWriter } from './files-writer.js';
import { SqlWriter } from './sql-writer.js';
import type { TargetWriter } from './target-writer.js';

/** The writer for a target, with today's rights: identity, policies and credential are checked now. Throws KustoError. */
export async function openTarget(
  services: ExportServices,
  target: Pick<Manifest, 'delivery' | 'connections'>,
  writer: Writer,
): Promise<TargetWriter> {
  const { delivery, connections } = target;
  switch (delivery.kind) {
    case 'files':
      return FilesWriter.open(services.stores, connections, writer);
    case 'sql':
      return SqlWriter.open(services.stores, target, delivery, writer);
    case 'delta': {
      const [connection] = connections;
      if (connection === undefined) throw new Error('a Delta table has one address');
      const store = await services.stores.open(connection, writer);
      const log = new DeltaLog(store, checkpointReader(services.engine));
      return new DeltaWriter(delivery, { store, log, heads: services.deltaHeads, now: services.now });
    }
  }
}
