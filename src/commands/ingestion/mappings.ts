import type { CatalogTransaction } from '../../catalog/catalog.js';
import type { IngestionMappingEntity } from '../../catalog/model.js';
import { KustoError } from '../../errors/index.js';
import { mappingKind, type IngestionFormat } from '../../ingestion/formats.js';
import type { Permission } from '../../security/index.js';
import { datetimeString, parseDatetime, ticksOfDate, type KustoValue } from '../../values/index.js';
import { find, newId, SHOW_PERMISSION, tableScope } from '../entities.js';
import { externalTableScope } from '../external-tables/put.js';
import {
  defineCommand,
  flag,
  name,
  ONE_STRING,
  opt,
  properties,
  schema,
  seq,
  text,
  value,
  word,
  type Command,
  type CommandContext,
  type EntityReference,
  type Rule,
} from '../framework/index.js';

type Format = IngestionMappingEntity['format'];

const MAPPINGS = schema(
  'Name: string, Kind: string, Mapping: string, LastUpdatedOn: datetime, Database: string, Table: string',
);

const FORMATS = ['csv', 'json', 'avro', 'parquet', 'orc', 'w3clogfile'] as const satisfies readonly Format[];

interface Owner {
  readonly id: string;
  /** Empty for a database. */
  readonly table: string;
  readonly database: { readonly id: string; readonly name: string };
}

/** What mappings belong to: a table, a database or an external table. */
interface OwnerKind {
  readonly label: string;
  readonly grammar: Rule<{ readonly owner: string }>;
  /** The keywords before `mapping`: its format, which an external table has by itself. */
  readonly format: Rule<{ readonly format?: Format }>;
  readonly manage: Permission;
  readonly entity: (owner: string) => EntityReference;
  readonly find: (owner: string, context: CommandContext) => Owner;
  readonly formatOf: (owner: string, context: CommandContext) => Format | undefined;
}

const ingestion = seq('ingestion', word('format', ...FORMATS));

const OWNERS: readonly OwnerKind[] = [
  {
    label: 'TableIngestion',
    grammar: seq('table', name('owner')),
    format: ingestion,
    manage: 'TableIngestor',
    entity: tableScope,
    find(owner, context) {
      const { database } = context;
      return {
        id: find(context.catalog.snapshot(), 'table', database.id, owner, context.spanOf('owner')).id,
        table: owner,
        database,
      };
    },
    formatOf: () => undefined,
  },
  {
    label: 'DatabaseIngestion',
    grammar: seq('database', name('owner')),
    format: ingestion,
    manage: 'DatabaseIngestor',
    entity: (owner) => ({ kind: 'database', name: owner }),
    find(owner, context) {
      const database = context.databaseOf(owner);
      return { id: database.id, table: '', database };
    },
    formatOf: () => undefined,
  },
  {
    label: 'ExternalTable',
    grammar: seq('external table', name('owner')),
    format: seq() as Rule<{ readonly format?: Format }>,
    manage: 'ExternalTableAdmin',
    entity: externalTableScope,
    find(owner, context) {
      const { database } = context;
      const { id } = find(context.catalog.snapshot(), 'externalTable', database.id, owner, context.spanOf('owner'));
      return { id, table: owner, database };
    },
    formatOf(owner, context) {
      const table = find(context.catalog.snapshot(), 'externalTable', context.database.id, owner);
      return mappingKind((table.dataFormat ?? 'csv') as IngestionFormat);
    },
  },
];

function mappingRow(one: IngestionMappingEntity, owner: Owner): readonly KustoValue[] {
  const { name: called, format, mapping, createdOn } = one;
  return [called, format.toUpperCase(), mapping, parseDatetime(createdOn) ?? null, owner.database.name, owner.table];
}

function of(tx: Pick<CatalogTransaction, 'list'>, owner: Owner, format: Format | undefined, called?: string) {
  return tx
    .list('mapping', owner.database.id)
    .filter(
      (one) =>
        one.ownerId === owner.id &&
        (format === undefined || one.format === format) &&
        (called === undefined || one.name === called),
    );
}

/** A JSON array of objects that each name a column; the ingestion reads the rest when it uses it. */
function check(mapping: string, context: CommandContext): string {
  const span = context.spanOf('mapping');
  const refuse = (why: string): KustoError =>
    new KustoError('BadRequest_InvalidMapping', `The mapping is not valid: ${why}.`, span && { span });
  let elements: unknown;
  try {
    elements = JSON.parse(mapping);
  } catch {
    throw refuse('it is not JSON');
  }
  if (!Array.isArray(elements) || elements.length === 0)
    throw refuse('it must be an array with an element for each column');
  for (const element of elements as readonly unknown[]) {
    const keys = typeof element === 'object' && element !== null ? Object.entries(element) : [];
    const column = keys.find(([key]) => ['column', 'columnname', 'name'].includes(key.toLowerCase()))?.[1] as unknown;
    if (typeof column !== 'string' || column === '') throw refuse('each element must name its Column');
  }
  return JSON.stringify(elements);
}

function missing(called: string): KustoError {
  return new KustoError('BadRequest_EntityNotFound', `There is no mapping '${called}'.`);
}

type Action = 'Create' | 'CreateOrAlter' | 'Alter';
const VERBS = { Create: 'create', CreateOrAlter: 'create-or-alter', Alter: 'alter' } as const;

function write(kind: OwnerKind, action: Action): Command {
  return defineCommand({
    name: `${action}${kind.label}Mapping`,
    grammar: seq(
      VERBS[action],
      kind.grammar,
      kind.format,
      'mapping',
      value('called', ONE_STRING),
      text('mapping'),
      properties({ removeOldestIfRequired: 'bool' }),
    ),
    permission: kind.manage,
    scope: (args) => kind.entity(args.owner),
    result: MAPPINGS,
    async run(args, context) {
      const owner = kind.find(args.owner, context);
      const format = args.format ?? kind.formatOf(args.owner, context) ?? 'csv';
      const mapping = check(args.mapping, context);
      const createdOn = datetimeString(ticksOfDate(context.clock.now()));
      const { value: made } = await context.catalog.transact((tx) => {
        const known = of(tx, owner, format, args.called).at(0);
        if (action === 'Alter' && known === undefined) throw missing(args.called);
        const id = action === 'Create' ? newId() : (known?.id ?? newId());
        const entity: IngestionMappingEntity = {
          kind: 'mapping',
          id,
          databaseId: owner.database.id,
          ownerId: owner.id,
          format,
          name: args.called,
          mapping,
          createdOn,
        };
        tx.put(entity);
        return entity;
      });
      return [mappingRow(made, owner)];
    },
  });
}

/** Answers the mappings that remain. */
function drop(kind: OwnerKind): Command {
  return defineCommand({
    name: `Drop${kind.label}Mapping`,
    grammar: seq(
      'drop',
      kind.grammar,
      kind.format,
      'mapping',
      value('called', ONE_STRING),
      flag('ifExists', 'ifexists'),
    ),
    permission: kind.manage,
    scope: (args) => kind.entity(args.owner),
    result: MAPPINGS,
    async run(args, context) {
      const owner = kind.find(args.owner, context);
      await context.catalog.transact((tx) => {
        const found = of(tx, owner, args.format, args.called);
        if (found.length === 0 && !args.ifExists) throw missing(args.called);
        for (const { id } of found) tx.delete('mapping', id);
      });
      return of(context.catalog.snapshot(), owner, undefined).map((one) => mappingRow(one, owner));
    },
  });
}

function show(kind: OwnerKind): readonly Command[] {
  const format = kind.label === 'ExternalTable' ? kind.format : seq('ingestion', opt(word('format', ...FORMATS)));
  return [
    defineCommand({
      name: `Show${kind.label}Mappings`,
      grammar: seq('show', kind.grammar, format, 'mappings', properties({})),
      permission: SHOW_PERMISSION,
      scope: (args) => kind.entity(args.owner),
      result: MAPPINGS,
      run(args, context) {
        const owner = kind.find(args.owner, context);
        return of(context.catalog.snapshot(), owner, args.format).map((one) => mappingRow(one, owner));
      },
    }),
    defineCommand({
      name: `Show${kind.label}Mapping`,
      grammar: seq('show', kind.grammar, format, 'mapping', value('called', ONE_STRING)),
      permission: SHOW_PERMISSION,
      scope: (args) => kind.entity(args.owner),
      result: MAPPINGS,
      run(args, context) {
        const owner = kind.find(args.owner, context);
        const found = of(context.catalog.snapshot(), owner, args.format, args.called);
        if (found.length === 0) throw missing(args.called);
        return found.map((one) => mappingRow(one, owner));
      },
    }),
  ];
}

export const MAPPING_COMMANDS: readonly Command[] = OWNERS.flatMap((kind) => [
  write(kind, 'Create'),
  write(kind, 'CreateOrAlter'),
  write(kind, 'Alter'),
  drop(kind),
  ...show(kind),
]);
