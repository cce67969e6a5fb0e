import type { DatabaseEntity } from '../../catalog/model.js';
import { visibleColumns } from '../../external/index.js';
import type { KustoValue } from '../../values/index.js';
import { cslSchema } from '../entities.js';
import { defineCommand, properties, row, schema, seq, type CommandContext } from '../framework/index.js';

const ENTITIES = schema(
  'DatabaseName: string, EntityType: string, EntityName: string, DocString: string, Folder: string, CslInputSchema: string, Content: string, CslOutputSchema: string, Properties: dynamic',
);

function entityRows(database: DatabaseEntity, context: CommandContext): readonly (readonly KustoValue[])[] {
  const snapshot = context.catalog.snapshot();
  const of = (
    EntityType: string,
    entity: { readonly name: string; readonly docString: string; readonly folder: string },
    cells: Readonly<Record<string, KustoValue>>,
  ): readonly KustoValue[] =>
    row(ENTITIES, {
      DatabaseName: database.name,
      EntityType,
      EntityName: entity.name,
      DocString: entity.docString,
      Folder: entity.folder,
      Properties: '{}',
      ...cells,
    });
  return [
    ...snapshot
      .list('table', database.id)
      .map((table) => of('Table', table, { CslOutputSchema: cslSchema(table.columns) })),
    ...snapshot
      .list('externalTable', database.id)
      .map((table) => of('ExternalTable', table, { CslOutputSchema: cslSchema(visibleColumns(table)) })),
    ...snapshot
      .list('function', database.id)
      .map((one) => of('Function', one, { CslInputSchema: one.parameters, Content: one.body })),
  ];
}

/** Of all databases that the caller may see. No function holds an obfuscated literal that could be shown. */
export const showDatabasesEntities = defineCommand({
  name: 'ShowDatabasesEntities',
  grammar: seq('show databases entities', properties({ showObfuscatedStrings: 'bool' })),
  permission: 'Anyone',
  result: ENTITIES,
  run: (_, context) =>
    context.security.authorization
      .visibleDatabases(context.catalog.snapshot(), context.request.caller)
      .flatMap((database) => entityRows(database, context)),
});
