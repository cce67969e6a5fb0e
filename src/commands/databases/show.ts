import type { DatabaseEntity } from '../../catalog/model.js';
import type { ColumnSchema, KustoValue } from '../../values/index.js';
import { SHOW_PERMISSION } from '../entities.js';
import {
  defineCommand,
  oneOf,
  opt,
  name,
  properties,
  row,
  seq,
  values,
  WILDCARD,
  type Command,
  type CommandContext,
  type Rule,
} from '../framework/index.js';
import { authorizedPrincipals, policyText } from '../policies/effective.js';
import { DATABASE_VERSION, DATABASES, DETAILS, IDENTITY } from './results.js';

/** One of the tables that databases are shown as. */
interface Flavor {
  readonly label: string;
  readonly grammar: Rule<object>;
  readonly columns: readonly ColumnSchema[];
  readonly cells: (database: DatabaseEntity, context: CommandContext) => Readonly<Record<string, KustoValue>>;
}

const nothing: Rule<object> = { match: (_, position, state, next) => next(position, state) };

const FLAVORS: readonly Flavor[] = [
  { label: 'Details', grammar: oneOf('details', 'verbose'), columns: DETAILS, cells: detailsOf },
  { label: 'Identity', grammar: seq('identity'), columns: IDENTITY, cells: identityOf },
  { label: '', grammar: nothing, columns: DATABASES, cells: () => ({ ReservedSlot1: false }) },
];

function detailsOf(database: DatabaseEntity, context: CommandContext) {
  const snapshot = context.catalog.snapshot();
  const policy = (keyword: string): string => policyText(snapshot, keyword, [database.id, 'cluster']);
  return {
    AuthorizedPrincipals: authorizedPrincipals(snapshot, database.id),
    RetentionPolicy: policy('retention'),
    MergePolicy: policy('merge'),
    CachingPolicy: policy('caching'),
    ShardingPolicy: policy('sharding'),
    StreamingIngestionPolicy: policy('streamingingestion'),
    IngestionBatchingPolicy: policy('ingestionbatching'),
  };
}

function identityOf(database: DatabaseEntity, { security, catalog, request }: CommandContext) {
  const unrestricted = security.authorization.isUnrestrictedViewer(catalog.snapshot(), request.caller, database.name);
  return { CurrentUserIsUnrestrictedViewer: unrestricted };
}

function rowOf(flavor: Flavor, database: DatabaseEntity, context: CommandContext): readonly KustoValue[] {
  return row(flavor.columns, {
    DatabaseName: database.name,
    Version: DATABASE_VERSION,
    IsCurrent: database.name === context.request.database,
    DatabaseAccessMode: 'ReadWrite',
    PrettyName: database.prettyName,
    DatabaseId: database.id,
    ...flavor.cells(database, context),
  });
}

/** Databases that the caller may know of, by name or by pattern. */
function visible(context: CommandContext, patterns: readonly string[] | undefined): readonly DatabaseEntity[] {
  const databases = context.security.authorization.visibleDatabases(context.catalog.snapshot(), context.request.caller);
  if (patterns === undefined) return databases;
  const expressions = patterns.map(
    (pattern) =>
      new RegExp(
        `^${pattern
          .split('*')
          .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
          .join('.*')}$`,
      ),
  );
  return databases.filter((database) => expressions.some((expression) => expression.test(database.name)));
}

export const SHOW_DATABASES: readonly Command[] = FLAVORS.flatMap((flavor) => [
  defineCommand({
    name: `ShowClusterDatabases${flavor.label}`,
    grammar: seq(
      'show',
      opt('cluster'),
      'databases',
      opt('(', values('names', WILDCARD), ')'),
      flavor.grammar,
      properties({}),
    ),
    permission: 'Anyone',
    result: flavor.columns,
    run: ({ names }, context) => visible(context, names).map((database) => rowOf(flavor, database, context)),
  }),
  defineCommand({
    name: `ShowDatabase${flavor.label}`,
    grammar: seq('show database', opt(name('database')), flavor.grammar, properties({})),
    permission: SHOW_PERMISSION,
    scope: ({ database }) => ({ kind: 'database', ...(database === undefined ? {} : { name: database }) }),
    result: flavor.columns,
    run: ({ database }, context) => [rowOf(flavor, context.databaseOf(database), context)],
  }),
]);
