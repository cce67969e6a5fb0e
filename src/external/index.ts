export {
  connectionRef,
  credentialProvider,
  openConnection,
  type CredentialProvider,
  type StorageAccess,
  type StorageUsage,
} from './access.js';
export * from './delta/index.js';
export { checkDefinition, visibleColumns } from './definition.js';
export { describeTable, sampleUris, type TableDescription } from './describe.js';
export { fetchSql } from './fetch-sql.js';
export { fetchExternal, type FetchedTable, type FetchOptions, type FetchedFile } from './fetch.js';
export {
  externalFiles,
  partitionJson,
  requireNotEmpty,
  type ExternalFile,
  type FileSelection,
  type FileTable,
} from './files.js';
export { isSqlAddress, tokensFor, type Actor } from './tokens.js';
export { checkPrimaryKey, checkSqlProperties, sqlDialectOf } from './sql-properties.js';
export { openSqlConnection, sqlTableOf, type SqlTableFacts } from './sql.js';
export { SchemaInference } from './infer.js';
export { DEFAULT_PARTITION, defaultPathFormat, PathLayout } from './layout.js';
export { artifactName, connectionOfPart } from './naming.js';
export { checkProperties, type CommandProperties, type TableProperties } from './properties.js';
export type { ColumnCondition, PartitionPredicate } from './pruning.js';
