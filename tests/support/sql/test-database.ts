/** A real database (or a front that speaks its protocol), for tests; encrypted, with a certificate of its own authority. */
export interface TestDatabase {
  readonly dialect: 'PostgreSQL' | 'MySQL' | 'SqlServer';
  readonly host: string;
  readonly port: number;
  readonly database: string;
  /** May do everything in the database. */
  readonly user: string;
  readonly password: string;
  /** PEM of the authority. */
  readonly certificateAuthority: string;
  /** Runs a statement as the owner, outside of what is tested; rows as texts. */
  query(statement: string): Promise<readonly (readonly (string | null)[])[]>;
  /** Ends every connection but those of `query`, as a failing network does. */
  breakConnections(): Promise<void>;
  stop(): Promise<void>;
}
