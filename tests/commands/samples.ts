/**
 * Every command with a text of it and what the reference's pages ask of the caller, in their words. T, F and E exist
 * (table, function, external table); New does not.
 */
export type Need =
  | 'Anyone'
  | 'AllDatabasesAdmin'
  | 'AllDatabasesMonitor'
  | 'DatabaseAdmin'
  | 'DatabaseUser'
  | 'DatabaseIngestor'
  | 'DatabaseUserViewerOrMonitor'
  | 'TableAdmin'
  | 'TableIngestor'
  | 'FunctionAdmin'
  | 'ExternalTableAdmin';

const DATABASE = `('Server=tcp:a.database.windows.net,1433;Initial Catalog=d;User Id=u;Password=p')`;
const BLOB = `dataformat=csv ('https://a.blob.core.windows.net/c')`;

/** By command; a command whose need depends on what exists has several. */
export const SAMPLES: Readonly<Record<string, readonly (readonly [text: string, need: Need])[]>> = {
  CreateTable: [['.create table New (a:long)', 'DatabaseUser']],
  CreateTableBasedOnAnother: [['.create table New based-on T', 'DatabaseUser']],
  CreateMergeTable: [
    ['.create-merge table New (a:long)', 'DatabaseUser'],
    ['.create-merge table T (a:long)', 'TableAdmin'],
  ],
  CreateTables: [['.create tables New (a:long), Other (b:int)', 'DatabaseUser']],
  CreateMergeTables: [['.create-merge tables New (a:long)', 'DatabaseUser']],
  AlterMergeTable: [['.alter-merge table T (a:long)', 'TableAdmin']],
  AlterTable: [['.alter table T (a:long)', 'TableAdmin']],
  AlterTableDocString: [[".alter table T docstring 'x'", 'TableAdmin']],
  AlterTableFolder: [[".alter table T folder 'x'", 'TableAdmin']],
  AlterTableColumnDocStrings: [[".alter table T column-docstrings (a:'x')", 'TableAdmin']],
  AlterMergeTableColumnDocStrings: [[".alter-merge table T column-docstrings (a:'x')", 'TableAdmin']],
  RenameTable: [['.rename table T to New', 'TableAdmin']],
  RenameTables: [['.rename tables New=T', 'TableAdmin']],
  AlterColumnType: [['.alter column T.a type=int', 'TableAdmin']],
  RenameColumn: [['.rename column Db.T.a to b', 'TableAdmin']],
  RenameColumns: [['.rename columns b=T.a', 'TableAdmin']],
  DropColumn: [['.drop column T.a', 'TableAdmin']],
  DropTableColumns: [['.drop table T columns (a)', 'TableAdmin']],
  DropTable: [['.drop table T', 'TableAdmin']],
  DropTables: [['.drop tables (T)', 'TableAdmin']],
  ClearTableData: [['.clear table T data', 'TableAdmin']],
  ShowTables: [['.show tables', 'DatabaseUserViewerOrMonitor']],
  ShowTablesDetails: [['.show tables (T) details', 'DatabaseUserViewerOrMonitor']],
  ShowTableDetails: [['.show table T details', 'DatabaseUserViewerOrMonitor']],
  ShowTableCslSchema: [['.show table T cslschema', 'DatabaseUserViewerOrMonitor']],
  ShowTableSchemaAsJson: [['.show table T schema as json', 'DatabaseUserViewerOrMonitor']],
  ShowTable: [['.show table T', 'DatabaseUserViewerOrMonitor']],

  CreateFunction: [['.create function New() { print 1 }', 'DatabaseUser']],
  AlterFunction: [['.alter function F() { print 1 }', 'FunctionAdmin']],
  CreateOrAlterFunction: [
    ['.create-or-alter function New() { print 1 }', 'DatabaseUser'],
    ['.create-or-alter function F() { print 1 }', 'FunctionAdmin'],
  ],
  AlterFunctionDocString: [[".alter function F docstring 'x'", 'FunctionAdmin']],
  AlterFunctionFolder: [[".alter function F folder 'x'", 'FunctionAdmin']],
  DropFunction: [['.drop function F', 'FunctionAdmin']],
  DropFunctions: [['.drop functions (F)', 'FunctionAdmin']],
  ShowFunctions: [['.show functions', 'DatabaseUserViewerOrMonitor']],
  ShowFunction: [['.show function F', 'DatabaseUserViewerOrMonitor']],

  CreateStorageExternalTable: [[`.create external table New (a:long) kind=storage ${BLOB}`, 'DatabaseUser']],
  AlterStorageExternalTable: [[`.alter external table E (a:long) kind=storage ${BLOB}`, 'ExternalTableAdmin']],
  CreateOrAlterStorageExternalTable: [
    [`.create-or-alter external table New (a:long) kind=storage ${BLOB}`, 'DatabaseUser'],
    [`.create-or-alter external table E (a:long) kind=storage ${BLOB}`, 'ExternalTableAdmin'],
  ],
  CreateSqlExternalTable: [[`.create external table New (a:long) kind=sql ${DATABASE}`, 'DatabaseUser']],
  AlterSqlExternalTable: [[`.alter external table E (a:long) kind=sql ${DATABASE}`, 'ExternalTableAdmin']],
  CreateOrAlterSqlExternalTable: [
    [`.create-or-alter external table New (a:long) kind=sql ${DATABASE}`, 'DatabaseUser'],
    [`.create-or-alter external table E (a:long) kind=sql ${DATABASE}`, 'ExternalTableAdmin'],
  ],
  CreateDeltaExternalTable: [[`.create external table New kind=delta ('file:///tmp/x')`, 'DatabaseUser']],
  AlterDeltaExternalTable: [[`.alter external table E kind=delta ('file:///tmp/x')`, 'ExternalTableAdmin']],
  CreateOrAlterDeltaExternalTable: [
    [`.create-or-alter external table New kind=delta ('file:///tmp/x')`, 'DatabaseUser'],
    [`.create-or-alter external table E kind=delta ('file:///tmp/x')`, 'ExternalTableAdmin'],
  ],
  AlterExternalTableDocString: [[".alter external table E docstring 'x'", 'ExternalTableAdmin']],
  AlterExternalTableFolder: [[".alter external table E folder 'x'", 'ExternalTableAdmin']],
  DropExternalTable: [['.drop external table E', 'ExternalTableAdmin']],
  ShowExternalTables: [['.show external tables', 'DatabaseUserViewerOrMonitor']],
  ShowExternalTableSchema: [['.show external table E cslschema', 'DatabaseUserViewerOrMonitor']],
  ShowExternalTableArtifacts: [['.show external table E artifacts', 'DatabaseUser']],
  ShowExternalTable: [['.show external table E', 'DatabaseUserViewerOrMonitor']],

  SetTable: [['.set New <| print 1', 'DatabaseUser']],
  AppendTable: [['.append T <| print 1', 'TableIngestor']],
  SetOrAppendTable: [
    ['.set-or-append New <| print 1', 'DatabaseUser'],
    ['.set-or-append T <| print 1', 'TableIngestor'],
  ],
  SetOrReplaceTable: [
    ['.set-or-replace New <| print 1', 'DatabaseUser'],
    ['.set-or-replace async T <| print 1', 'TableAdmin'],
  ],
  IngestInlineIntoTable: [['.ingest inline into table T <| 1', 'TableIngestor']],
  IngestIntoTable: [[".ingest into table T ('https://a.blob.core.windows.net/c/f.csv')", 'TableIngestor']],
  CreateTableIngestionMapping: [[`.create table T ingestion csv mapping 'm' '[]'`, 'TableIngestor']],
  CreateOrAlterTableIngestionMapping: [[`.create-or-alter table T ingestion csv mapping 'm' '[]'`, 'TableIngestor']],
  AlterTableIngestionMapping: [[`.alter table T ingestion csv mapping 'm' '[]'`, 'TableIngestor']],
  DropTableIngestionMapping: [[`.drop table T ingestion csv mapping 'm'`, 'TableIngestor']],
  ShowTableIngestionMappings: [['.show table T ingestion csv mappings', 'DatabaseUserViewerOrMonitor']],
  ShowTableIngestionMapping: [[`.show table T ingestion csv mapping 'm'`, 'DatabaseUserViewerOrMonitor']],
  CreateDatabaseIngestionMapping: [[`.create database Db ingestion csv mapping 'm' '[]'`, 'DatabaseIngestor']],
  CreateOrAlterDatabaseIngestionMapping: [
    [`.create-or-alter database Db ingestion csv mapping 'm' '[]'`, 'DatabaseIngestor'],
  ],
  AlterDatabaseIngestionMapping: [[`.alter database Db ingestion csv mapping 'm' '[]'`, 'DatabaseIngestor']],
  DropDatabaseIngestionMapping: [[`.drop database Db ingestion csv mapping 'm'`, 'DatabaseIngestor']],
  ShowDatabaseIngestionMappings: [['.show database Db ingestion csv mappings', 'DatabaseUserViewerOrMonitor']],
  ShowDatabaseIngestionMapping: [[`.show database Db ingestion csv mapping 'm'`, 'DatabaseUserViewerOrMonitor']],
  CreateExternalTableMapping: [[`.create external table E mapping 'm' '[]'`, 'ExternalTableAdmin']],
  CreateOrAlterExternalTableMapping: [[`.create-or-alter external table E mapping 'm' '[]'`, 'ExternalTableAdmin']],
  AlterExternalTableMapping: [[`.alter external table E mapping 'm' '[]'`, 'ExternalTableAdmin']],
  DropExternalTableMapping: [[`.drop external table E mapping 'm'`, 'ExternalTableAdmin']],
  ShowExternalTableMappings: [['.show external table E mappings', 'DatabaseUserViewerOrMonitor']],
  ShowExternalTableMapping: [[`.show external table E mapping 'm'`, 'DatabaseUserViewerOrMonitor']],

  AddClusterRole: [[".add cluster alldatabasesadmins ('aaduser=x@y')", 'AllDatabasesAdmin']],
  DropClusterRole: [[".drop cluster alldatabasesviewers ('aaduser=x@y')", 'AllDatabasesAdmin']],
  SetClusterRole: [['.set cluster alldatabasesmonitors none', 'AllDatabasesAdmin']],
  ShowClusterPrincipals: [['.show cluster principals', 'AllDatabasesMonitor']],
  ShowClusterPrincipalRoles: [['.show cluster principal roles', 'Anyone']],
  AddDatabaseRole: [[".add database Db users ('aaduser=x@y') skip-results 'why'", 'DatabaseAdmin']],
  DropDatabaseRole: [[".drop database Db viewers ('aaduser=x@y')", 'DatabaseAdmin']],
  SetDatabaseRole: [['.set database Db monitors none skip-results', 'DatabaseAdmin']],
  ShowDatabasePrincipals: [['.show database principals', 'DatabaseUserViewerOrMonitor']],
  ShowDatabasePrincipalRoles: [['.show database Db principal roles', 'Anyone']],
  AddTableRole: [[".add table T ingestors ('aaduser=x@y')", 'TableAdmin']],
  DropTableRole: [[".drop table T admins ('aaduser=x@y')", 'TableAdmin']],
  SetTableRole: [['.set table T admins none', 'TableAdmin']],
  ShowTablePrincipals: [['.show table T principals', 'DatabaseUserViewerOrMonitor']],
  ShowTablePrincipalRoles: [['.show table T principal roles', 'Anyone']],
  AddExternalTableRole: [[".add external table E admins ('aaduser=x@y')", 'ExternalTableAdmin']],
  DropExternalTableRole: [[".drop external table E admins ('aaduser=x@y')", 'ExternalTableAdmin']],
  SetExternalTableRole: [['.set external table E admins none', 'ExternalTableAdmin']],
  ShowExternalTablePrincipals: [['.show external table E principals', 'DatabaseUserViewerOrMonitor']],
  ShowExternalTablePrincipalRoles: [['.show external table E principal roles', 'Anyone']],
  AddFunctionRole: [[".add function F admins ('aaduser=x@y')", 'FunctionAdmin']],
  DropFunctionRole: [[".drop function F admins ('aaduser=x@y')", 'FunctionAdmin']],
  SetFunctionRole: [['.set function F admins none', 'FunctionAdmin']],
  ShowFunctionPrincipals: [['.show function F principals', 'DatabaseUserViewerOrMonitor']],
  ShowFunctionPrincipalRoles: [['.show function F principal roles', 'Anyone']],
  ShowPrincipalRoles: [[".show principal 'aaduser=x@y' roles", 'Anyone']],

  ShowOperations: [['.show operations', 'Anyone']],
  ShowOperationDetails: [['.show operation 00000000-0000-0000-0000-000000000001 details', 'Anyone']],
  CancelOperation: [['.cancel operation 00000000-0000-0000-0000-000000000001', 'Anyone']],
  ExecuteDatabaseScript: [['.execute database script <| .drop table T', 'DatabaseAdmin']],

  ShowVersion: [['.show version', 'Anyone']],
  ShowCluster: [['.show cluster', 'AllDatabasesMonitor']],
  ShowCapacity: [['.show capacity data-export', 'DatabaseUser']],
  CreateDatabase: [['.create database New', 'AllDatabasesAdmin']],
  DropDatabase: [['.drop database Db', 'AllDatabasesAdmin']],
  AlterDatabasePrettyName: [[".alter database Db prettyname 'x'", 'DatabaseAdmin']],
  DropDatabasePrettyName: [['.drop database Db prettyname', 'DatabaseAdmin']],
  ShowDatabasesEntities: [['.show databases entities with (showObfuscatedStrings=true)', 'Anyone']],
  ShowDatabaseSchemaAsJson: [['.show database Db schema as json', 'DatabaseUserViewerOrMonitor']],
  ShowDatabasesSchemaAsJson: [['.show databases (Db) schema as json', 'DatabaseUserViewerOrMonitor']],
  ShowSchemaAsJson: [['.show schema as json', 'Anyone']],
  ShowDatabaseSchemaAsCslScript: [['.show database Db schema as csl script', 'DatabaseUserViewerOrMonitor']],
  ShowDatabaseSchema: [['.show database Db schema', 'DatabaseUserViewerOrMonitor']],
  ShowDatabasesSchema: [['.show databases (Db) schema details', 'DatabaseUserViewerOrMonitor']],
  ShowSchema: [['.show cluster schema', 'Anyone']],
  ShowDatabaseCslSchema: [['.show database Db cslschema', 'DatabaseUserViewerOrMonitor']],
  ShowClusterDatabasesDetails: [['.show databases details', 'Anyone']],
  ShowDatabaseDetails: [['.show database Db details', 'DatabaseUserViewerOrMonitor']],
  ShowClusterDatabasesIdentity: [['.show databases identity', 'Anyone']],
  ShowDatabaseIdentity: [['.show database identity', 'DatabaseUserViewerOrMonitor']],
  ShowClusterDatabases: [['.show databases', 'Anyone']],
  ShowDatabase: [['.show database', 'DatabaseUserViewerOrMonitor']],
};

const PAYLOADS: Readonly<Record<string, string>> = {
  ingestiontime: 'true',
  caching: 'hot = 1d',
  roworder: '(a asc)',
};

const TARGETS = {
  Cluster: ['cluster', 'AllDatabasesAdmin', 'AllDatabasesMonitor'],
  DatabaseStar: ['database *', 'DatabaseAdmin', 'DatabaseUserViewerOrMonitor'],
  Database: ['database Db', 'DatabaseAdmin', 'DatabaseUserViewerOrMonitor'],
  TableStar: ['table *', 'TableAdmin', 'DatabaseUserViewerOrMonitor'],
  Tables: ['tables (T)', 'TableAdmin', 'DatabaseUserViewerOrMonitor'],
  Table: ['table T', 'TableAdmin', 'DatabaseUserViewerOrMonitor'],
} as const;

/** A policy's command by its name: `AlterMergeTablePolicyRetention`. */
export function policySample(name: string, keyword: string): readonly [text: string, need: Need] {
  const [, action = '', target = ''] =
    /^(Show|AlterMerge|Alter|Delete)(Cluster|DatabaseStar|Database|TableStar|Tables|Table)Policy/.exec(name) ?? [];
  const [words, alter, show] = TARGETS[target as keyof typeof TARGETS];
  const verb = action === 'AlterMerge' ? 'alter-merge' : action.toLowerCase();
  const payload = action.startsWith('Alter') ? (PAYLOADS[keyword] ?? `'{}'`) : '';
  const special: Need | undefined =
    keyword === 'ingestiontime' ? 'TableIngestor' : keyword === 'managed_identity' ? 'AllDatabasesAdmin' : undefined;
  return [`.${verb} ${words} policy ${keyword} ${payload}`.trim(), action === 'Show' ? show : (special ?? alter)];
}
