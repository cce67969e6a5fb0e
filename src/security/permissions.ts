/**
 * What an action needs. `AllDatabases…` are of the cluster, `Database…` of the database at hand, `Table…`,
 * `Function…` and `ExternalTable…` of the entity that the action names. A stronger role satisfies a weaker need;
 * the closure is in authorization.ts.
 */
export type Permission =
  | 'AllDatabasesAdmin'
  | 'AllDatabasesMonitor'
  | 'DatabaseAdmin'
  | 'DatabaseUser'
  | 'DatabaseViewer'
  | 'DatabaseIngestor'
  | 'DatabaseMonitor'
  /** Any of User, Viewer or Monitor. */
  | 'DatabaseUserViewerOrMonitor'
  /** Monitor or Admin. */
  | 'DatabaseMonitorOrAdmin'
  | 'TableAdmin'
  | 'TableIngestor'
  | 'FunctionAdmin'
  | 'ExternalTableAdmin'
  /** Any authenticated principal. */
  | 'Anyone';
