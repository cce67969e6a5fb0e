import { randomUUID } from 'node:crypto';
import type { CatalogSnapshot, CatalogTransaction } from '../catalog/catalog.js';
import type { EntityOf, TableColumn, TableEntity } from '../catalog/model.js';
import { KustoError, type Span } from '../errors/index.js';
import type { Permission } from '../security/permissions.js';
import type { ColumnSchema, KustoType } from '../values/index.js';
import type { CommandContext, EntityReference, QualifiedName } from './framework/index.js';

/** Finding, naming and describing entities: what the families of commands share. */

type NamedKind = 'table' | 'function' | 'externalTable' | 'continuousExport';

const KIND_NAMES: Readonly<Record<NamedKind, string>> = {
  table: 'table',
  function: 'function',
  externalTable: 'external table',
  continuousExport: 'continuous export',
};

/** Ids are lower case: an engine's names may ignore case. */
export function newId(): string {
  return randomUUID();
}

export function notFound(kind: NamedKind, name: string, span?: Span): KustoError {
  return new KustoError('BadRequest_EntityNotFound', `There is no ${KIND_NAMES[kind]} '${name}'.`, span && { span });
}

/** The entity of that name. Throws BadRequest_EntityNotFound. */
export function find<K extends NamedKind>(
  snapshot: CatalogSnapshot,
  kind: K,
  databaseId: string,
  name: string,
  span?: Span,
): EntityOf<K> {
  const found = snapshot.byName(kind, databaseId, name);
  if (found === undefined) throw notFound(kind, name, span);
  return found;
}

/** The table as it is in the catalog's last state. Throws BadRequest_EntityNotFound, BadRequest_DatabaseNotExist. */
export function tableOf(context: CommandContext, reference: QualifiedName, span?: Span): TableEntity {
  const database = context.databaseOf(reference.database);
  return find(context.catalog.snapshot(), 'table', database.id, reference.name, span);
}

export function tableScope(reference: QualifiedName | string): EntityReference {
  return { kind: 'table', ...(typeof reference === 'string' ? { name: reference } : reference) };
}

const NAME = /^[\p{L}\p{N}_ .-]{1,1024}$/u;

/** Refuses a name that the reference does not allow. Throws BadRequest_InvalidName. */
export function checkName(name: string, span?: Span): void {
  if (NAME.test(name) && name.trim() === name) return;
  throw new KustoError(
    'BadRequest_InvalidName',
    `'${name}' cannot be a name: use 1 to 1024 letters, digits, spaces, '_', '.' and '-', without a space at either end.`,
    span && { span },
  );
}

/** Refuses names that are wrong, or come twice. Throws BadRequest_InvalidName, BadRequest_InvalidSchema. */
export function checkColumns(columns: readonly { readonly column: string }[], span?: Span): void {
  const seen = new Set<string>();
  for (const { column } of columns) {
    checkName(column, span);
    if (seen.has(column)) {
      throw new KustoError(
        'BadRequest_InvalidSchema',
        `The column '${column}' is declared twice. Leave one out.`,
        span && { span },
      );
    }
    seen.add(column);
  }
}

const CLR_TYPES: Readonly<Record<KustoType, string>> = {
  bool: 'System.SByte',
  int: 'System.Int32',
  long: 'System.Int64',
  real: 'System.Double',
  decimal: 'System.Data.SqlTypes.SqlDecimal',
  datetime: 'System.DateTime',
  timespan: 'System.TimeSpan',
  string: 'System.String',
  guid: 'System.Guid',
  dynamic: 'System.Object',
};

/** The type's name in .NET, by which the reference's schemas call it. */
export function clrTypeOf(type: KustoType): string {
  return CLR_TYPES[type];
}

/** Columns as schema documents hold them. */
export function orderedColumns(columns: readonly (ColumnSchema & Partial<TableColumn>)[]): readonly object[] {
  return columns.map(({ name, type, docString }) => ({
    Name: name,
    Type: clrTypeOf(type),
    CslType: type,
    ...(docString === undefined || docString === '' ? {} : { DocString: docString }),
  }));
}

/** A name as KQL text writes it: bare, or `['…']`. */
export function bracketed(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : `['${name.replace(/[\\']/g, '\\$&')}']`;
}

/** `a:long,['b c']:string`: what create and alter commands take. */
export function cslSchema(columns: readonly ColumnSchema[]): string {
  return columns.map(({ name, type }) => `${bracketed(name)}:${type}`).join(',');
}

/** A KQL string literal of the text. */
export function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n').replace(/\r/g, '\\r').replace(/\t/g, '\\t')}"`;
}

/** Makes the caller an admin of what the command creates. */
export function makeAdmin(tx: CatalogTransaction, context: CommandContext, entityId: string): void {
  if (context.request.caller.isDevelopmentAdmin === true) return;
  tx.put({
    kind: 'role',
    id: newId(),
    scope: entityId,
    role: 'Admin',
    principal: context.request.caller.principal,
    notes: '',
  });
}

/** Removes an entity with what is kept under its id: roles, policies, mappings. */
export function removeEntity(tx: CatalogTransaction, kind: NamedKind, id: string, databaseId: string): void {
  tx.delete(kind, id);
  for (const role of tx.roles(id)) tx.delete('role', role.id);
  for (const policy of tx.list('policy', id)) tx.delete('policy', policy.id);
  for (const mapping of tx.list('mapping', databaseId)) if (mapping.ownerId === id) tx.delete('mapping', mapping.id);
}

/**
 * What it takes to create an entity, or to change it where it exists: Database User, or the entity's admin. Who may
 * not see the database is not told by the refusal which of the two it is.
 */
export function admin(context: CommandContext, kind: NamedKind, name: string, permission: Permission): Permission {
  const snapshot = context.catalog.snapshot();
  const database = snapshot.database(context.request.database);
  const exists = database !== undefined && snapshot.byName(kind, database.id, name) !== undefined;
  const isTold = exists && (context.allowed(SHOW_PERMISSION) || context.allowed(permission, { kind, name }));
  return isTold ? permission : 'DatabaseUser';
}

export const SHOW_PERMISSION: Permission = 'DatabaseUserViewerOrMonitor';
