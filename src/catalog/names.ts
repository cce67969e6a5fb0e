import { KustoError } from '../errors/index.js';
import type { Snapshot } from './snapshot.js';
import type { Entity } from './model.js';

/**
 * Refuses a name that is taken: names are unique by kind within a database, and an external table cannot have a table's
 * name. (A function may have a table's name: it hides the table.)
 */
export function assertNameIsFree(entity: Entity, state: Snapshot): void {
  switch (entity.kind) {
    case 'database': {
      const taken = state.database(entity.name);
      if (taken && taken.id !== entity.id) throw nameTaken('database', entity.name);
      return;
    }
    case 'table':
    case 'externalTable': {
      for (const kind of ['table', 'externalTable'] as const) {
        const taken = state.byName(kind, entity.databaseId, entity.name);
        if (taken && taken.id !== entity.id)
          throw nameTaken(kind === 'table' ? 'table' : 'external table', entity.name);
      }
      return;
    }
    case 'function':
    case 'continuousExport': {
      const taken = state.byName(entity.kind, entity.databaseId, entity.name);
      if (taken && taken.id !== entity.id)
        throw nameTaken(entity.kind === 'function' ? 'function' : 'continuous export', entity.name);
      return;
    }
    case 'mapping': {
      const { databaseId, ownerId, format, name, id } = entity;
      const taken = state
        .list('mapping', databaseId)
        .some((m) => m.ownerId === ownerId && m.format === format && m.name === name && m.id !== id);
      if (taken) throw nameTaken(`${format} mapping`, name);
      return;
    }
    case 'policy':
    case 'role':
      return;
  }
}

function nameTaken(what: string, name: string): KustoError {
  return new KustoError(
    'BadRequest_EntityNameAlreadyExists',
    `A ${what} with the name '${name}' exists already. Choose another name, or alter or drop the ${what} first.`,
  );
}
