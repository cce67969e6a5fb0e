import type { Manifest } from '../journal.js';
import type { ExportServices, Writer } from '../services.js';
import { FilesWriter } from './files-writer.js';
import { SqlWriter } from './sql-writer.js';
import type { TargetWriter } from './target-writer.js';

/** The writer for a target, with today's rights: identity, policies and credential are checked now. Throws KustoError. */
export async function openTarget(
  services: ExportServices,
  target: Pick<Manifest, 'delivery' | 'connections'>,
  writer: Writer,
): Promise<TargetWriter> {
  switch (target.delivery.kind) {
    case 'files':
      return FilesWriter.open(services.stores, target.connections, writer);
    case 'sql':
      return SqlWriter.open(services.stores, target, target.delivery, writer);
  }
}
