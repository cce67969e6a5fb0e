import type { TableEntity } from '../../catalog/model.js';
import type { CatalogTransaction } from '../../catalog/catalog.js';
import { KustoError } from '../../errors/index.js';
import { parseTags } from '../../ingestion/tags.js';
import type { FileIngestion } from '../../ingestion/ingestion-service.js';
import { formatNamed } from '../../ingestion/formats.js';
import type { CommandContext, Properties } from '../framework/index.js';

/** The documented ingestion properties of queries. */
export const QUERY_PROPERTIES = {
  creationTime: 'datetime',
  distributed: 'bool',
  docstring: 'string',
  extend_schema: 'bool',
  folder: 'string',
  ingestIfNotExists: 'string',
  persistDetails: 'bool',
  policy_ingestionTime: 'bool',
  recreate_schema: 'bool',
  tags: 'string',
} as const;

/** The documented ingestion properties of files and inline data. */
export const FILE_PROPERTIES = {
  creationTime: 'datetime',
  format: 'word',
  ignoreFirstRecord: 'bool',
  ingestIfNotExists: 'string',
  ingestionMapping: 'string',
  ingestionMappingReference: 'string',
  ingestionMappingType: 'word',
  persistDetails: 'bool',
  tags: 'string',
  validationPolicy: 'string',
  zipPattern: 'string',
} as const;

interface Common {
  readonly tags?: string;
  readonly ingestIfNotExists?: string;
  readonly creationTime?: bigint;
}

/** What all ingestion has. A property that would have no effect is refused: the data would not be as it was asked for. */
export function commonOptions(given: Common, context: CommandContext) {
  refuse('creationTime', given.creationTime, context, 'an extent always bears the time of its commit');
  return {
    databaseId: context.database.id,
    signal: context.signal,
    ...(given.tags === undefined ? {} : { tags: parseTags('tags', given.tags) }),
    ...(given.ingestIfNotExists === undefined
      ? {}
      : { ingestIfNotExists: parseTags('ingestIfNotExists', given.ingestIfNotExists) }),
  };
}

export function fileOptions(
  given: Properties<typeof FILE_PROPERTIES>,
  table: string,
  context: CommandContext,
): FileIngestion {
  refuse('validationPolicy', given.validationPolicy, context, 'data is always checked as by its default');
  refuse('zipPattern', given.zipPattern, context, 'all files of an archive are taken');
  const { format, ingestionMapping, ingestionMappingReference, ignoreFirstRecord } = given;
  return {
    ...commonOptions(given, context),
    table,
    ...(format === undefined ? {} : { format: formatNamed(format) }),
    ...(ingestionMapping === undefined ? {} : { mapping: ingestionMapping }),
    ...(ingestionMappingReference === undefined ? {} : { mappingReference: ingestionMappingReference }),
    ...(ignoreFirstRecord === undefined ? {} : { ignoreFirstRecord }),
  };
}

function refuse(name: string, value: unknown, context: CommandContext, why: string): void {
  if (value === undefined) return;
  const span = context.spanOf(`properties.${name}`);
  throw new KustoError(
    'CAL0102',
    `Calypso does not take the property '${name}': ${why}. Leave it out.`,
    span && { span },
  );
}

/** `policy_ingestionTime=false`: the new table is without the policy from its first row on. */
export function putIngestionTime(isEnabled: boolean | undefined) {
  return (tx: CatalogTransaction, table: TableEntity): void => {
    if (isEnabled === undefined) return;
    const policy = 'ingestiontime';
    tx.put({ kind: 'policy', id: `${table.id}/${policy}`, scope: table.id, policy, value: { IsEnabled: isEnabled } });
  };
}
