/** What is used of chdb, the real ClickHouse engine in this process. It is installed here only (package.json). */
export interface ChdbSession {
  query(sql: string, format?: string): string;
  close(): void;
}

/** @param path folder of its data */
export async function openChdb(path: string): Promise<ChdbSession> {
  const chdb: string = 'chdb';
  const { Session } = (await import(chdb)) as { Session: new (path: string) => ChdbSession };
  return new Session(path);
}
