/** Folder of a table's log, below the table's address. */
export const LOG_FOLDER = '_delta_log/';

const padded = (version: number): string => String(version).padStart(20, '0');

export const commitName = (version: number): string => `${LOG_FOLDER}${padded(version)}.json`;

export type LogFile =
  | { readonly kind: 'commit'; readonly version: number }
  | { readonly kind: 'checkpoint'; readonly version: number; readonly part: number; readonly parts: number }
  /** A checkpoint of the newer form, with a UUID in its name. */
  | { readonly kind: 'checkpointV2'; readonly version: number };

const NAME =
  /^(?<version>\d{20})\.(?:(?<commit>json)|checkpoint\.(?:parquet|(?<part>\d{10})\.(?<parts>\d{10})\.parquet|(?<uuid>[0-9a-f-]{36})\.(?:json|parquet)))$/;

/** Undefined for what is no part of the log's state: `_last_checkpoint`, checksums, compacted commits, folders. */
export function parseLogName(name: string): LogFile | undefined {
  const found = NAME.exec(name.slice(LOG_FOLDER.length))?.groups;
  if (found === undefined) return undefined;
  const version = Number(found['version']);
  if (found['commit'] !== undefined) return { kind: 'commit', version };
  if (found['uuid'] !== undefined) return { kind: 'checkpointV2', version };
  return { kind: 'checkpoint', version, part: Number(found['part'] ?? 1), parts: Number(found['parts'] ?? 1) };
}
