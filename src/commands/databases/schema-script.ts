import type { CatalogSnapshot } from '../../catalog/catalog.js';
import type { DatabaseEntity, TableEntity } from '../../catalog/model.js';
import { bracketed, cslSchema, quoted, SHOW_PERMISSION } from '../entities.js';
import { defineCommand, flag, name, oneOf, opt, properties, schema, seq, type Command } from '../framework/index.js';
import { databaseScope } from './schema-rows.js';

/** Policies whose commands take the document as it is kept. */
const DOCUMENTS = ['retention', 'ingestionbatching', 'streamingingestion', 'merge', 'sharding'];

function texts(folder: string, docString: string): string {
  const given = [
    ...(folder === '' ? [] : [`folder=${quoted(folder)}`]),
    ...(docString === '' ? [] : [`docstring=${quoted(docString)}`]),
  ];
  return given.length === 0 ? '' : ` with (${given.join(', ')})`;
}

function* tableCommands(table: TableEntity, snapshot: CatalogSnapshot): Iterable<string> {
  const called = bracketed(table.name);
  yield `.create-merge table ${called} (${cslSchema(table.columns)})${texts(table.folder, table.docString)}`;
  const described = table.columns.filter(({ docString }) => docString !== '');
  if (described.length > 0) {
    const columns = described.map(({ name: column, docString }) => `${bracketed(column)}:${quoted(docString)}`);
    yield `.alter-merge table ${called} column-docstrings (${columns.join(', ')})`;
  }
  for (const { policy, value } of snapshot.list('policy', table.id)) {
    if (DOCUMENTS.includes(policy)) yield `.alter table ${called} policy ${policy} ${quoted(JSON.stringify(value))}`;
    if (policy === 'ingestiontime') {
      const { IsEnabled = false } = (value ?? {}) as { IsEnabled?: boolean };
      yield `.alter table ${called} policy ingestiontime ${IsEnabled}`;
    }
  }
}

/** Commands that make a copy of the database. External tables are left out: their secrets are not to be shown. */
function* commands(database: DatabaseEntity, snapshot: CatalogSnapshot, withMappings: boolean): Iterable<string> {
  for (const table of snapshot.list('table', database.id)) {
    yield* tableCommands(table, snapshot);
    for (const mapping of withMappings ? snapshot.list('mapping', database.id) : []) {
      if (mapping.ownerId !== table.id) continue;
      yield `.create-or-alter table ${bracketed(table.name)} ingestion ${mapping.format} mapping ${quoted(mapping.name)} ${quoted(mapping.mapping)}`;
    }
  }
  for (const { name: called, parameters, body, folder, docString } of snapshot.list('function', database.id)) {
    const given =
      texts(folder, docString).replace(' with (', ' with (skipvalidation=true, ') || ' with (skipvalidation=true)';
    yield `.create-or-alter function${given} ${bracketed(called)}${parameters} ${body}`;
  }
}

export const SCHEMA_SCRIPT: Command = defineCommand({
  name: 'ShowDatabaseSchemaAsCslScript',
  grammar: seq(
    'show database',
    opt(name('database')),
    'schema as',
    oneOf('csl', 'kql'),
    flag('isScript', 'script'),
    properties({ IncludeIngestionMappings: 'bool' }),
  ),
  permission: SHOW_PERMISSION,
  scope: (args) => databaseScope(args.database),
  result: schema('DatabaseSchemaScript: string'),
  run({ database, isScript, properties: { IncludeIngestionMappings = true } }, context) {
    const snapshot = context.catalog.snapshot();
    const all = [...commands(context.databaseOf(database), snapshot, IncludeIngestionMappings)];
    return isScript ? [[all.join('\n\n')]] : all.map((command) => [command]);
  },
});
