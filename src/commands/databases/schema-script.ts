import type { CatalogSnapshot } from '../../catalog/catalog.js';
import type { DatabaseEntity, TableEntity } from '../../catalog/model.js';
import { bracketed, cslSchema, quoted, SHOW_PERMISSION } from '../entities.js';
import {
  defineCommand,
  flag,
  name,
  oneOf,
  opt,
  properties,
  schema,
  seq,
  type Command,
  type Properties,
} from '../framework/index.js';
import { fullyQualifiedName } from '../../security/index.js';
import { ROLE_SCOPES } from '../roles/scopes.js';
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

const OPTIONS = {
  IncludeEncodingPolicies: 'bool',
  IncludeIngestionMappings: 'bool',
  IncludeSecuritySettings: 'bool',
  ShowObfuscatedStrings: 'bool',
} as const;

/** Roles at a scope, as the commands that give them. */
function* roleCommands(label: string, called: string, scopeId: string, snapshot: CatalogSnapshot): Iterable<string> {
  const scope = ROLE_SCOPES.find((one) => one.label === label);
  for (const { role, principal, notes } of snapshot.roles(scopeId)) {
    const keyword = Object.entries(scope?.roles ?? {}).find(([, one]) => one === role)?.[0];
    const given = `(${quoted(fullyQualifiedName(principal))}) skip-results${notes === '' ? '' : ` ${quoted(notes)}`}`;
    if (keyword !== undefined) yield `.add ${label.toLowerCase()} ${bracketed(called)} ${keyword} ${given}`;
  }
}

/** Commands that make a copy of the database. External tables are left out: their secrets are not to be shown. */
function* commands(
  database: DatabaseEntity,
  snapshot: CatalogSnapshot,
  {
    IncludeIngestionMappings: withMappings = true,
    IncludeSecuritySettings: withRoles = true,
  }: Properties<typeof OPTIONS>,
): Iterable<string> {
  if (withRoles) yield* roleCommands('Database', database.name, database.id, snapshot);
  for (const table of snapshot.list('table', database.id)) {
    yield* tableCommands(table, snapshot);
    if (withRoles) yield* roleCommands('Table', table.name, table.id, snapshot);
    for (const mapping of withMappings ? snapshot.list('mapping', database.id) : []) {
      if (mapping.ownerId !== table.id) continue;
      yield `.create-or-alter table ${bracketed(table.name)} ingestion ${mapping.format} mapping ${quoted(mapping.name)} ${quoted(mapping.mapping)}`;
    }
  }
  for (const { id, name: called, parameters, body, folder, docString } of snapshot.list('function', database.id)) {
    const given =
      texts(folder, docString).replace(' with (', ' with (skipvalidation=true, ') || ' with (skipvalidation=true)';
    yield `.create-or-alter function${given} ${bracketed(called)}${parameters} ${body}`;
    if (withRoles) yield* roleCommands('Function', called, id, snapshot);
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
    properties(OPTIONS),
  ),
  permission: SHOW_PERMISSION,
  scope: (args) => databaseScope(args.database),
  result: schema('DatabaseSchemaScript: string'),
  run({ database, isScript, properties: options }, context) {
    const all = [...commands(context.databaseOf(database), context.catalog.snapshot(), options)];
    return isScript ? [[all.join('\n\n')]] : all.map((command) => [command]);
  },
});
