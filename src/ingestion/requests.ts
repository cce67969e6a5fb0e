import type { CatalogTransaction } from '../catalog/catalog.js';
import type { Extent, PrincipalRef, TableEntity } from '../catalog/model.js';
import type { CompiledSql } from '../engines/engine.js';
import type { ColumnBatch, ColumnSchema } from '../values/index.js';
import type { IngestionFormat } from './formats.js';
import type { MappingChoice } from './mapping.js';
import type { IngestionSource } from './sources.js';

export interface IngestionOptions {
  readonly databaseId: string;
  readonly table: string;
  readonly tags?: readonly string[];
  /** Nothing is ingested when the table has data tagged `ingest-by:` one of these. */
  readonly ingestIfNotExists?: readonly string[];
  readonly signal?: AbortSignal;
}

export interface QueryIngestion extends IngestionOptions {
  readonly mode: 'set' | 'append' | 'set-or-append' | 'set-or-replace';
  readonly columns: readonly ColumnSchema[];
  /** Rows of a query for the engine, or rows in hand (a command's result). */
  readonly rows: CompiledSql | AsyncIterable<ColumnBatch>;
  /** The query has more columns than the table: they are added to the table. */
  readonly extendSchema?: boolean;
  /** `set-or-replace`: the table gets the query's columns. */
  readonly recreateSchema?: boolean;
  readonly folder?: string;
  readonly docString?: string;
  /** Admin of a table that is created. */
  readonly creator?: PrincipalRef;
  /** Joins the commit, for what else a new table gets (policies). */
  readonly onCreate?: (tx: CatalogTransaction, table: TableEntity) => void;
}

export interface FileIngestion extends IngestionOptions, MappingChoice {
  readonly format?: IngestionFormat;
  readonly ignoreFirstRecord?: boolean;
  readonly treatGzAsUncompressed?: boolean;
}

export interface IngestionResult {
  /** As committed, with cursor and ingestion time; none when there was no row. */
  readonly extents: readonly Extent[];
  /** The extent of each source, in order; null where a source had no row. */
  readonly items: readonly { readonly location: string; readonly extentId: string | null; readonly rowCount: number }[];
  /** True when `ingestIfNotExists` kept everything out. */
  readonly skipped: boolean;
}

export interface InlineIngestion extends FileIngestion {
  readonly text: string;
}

export interface SourceIngestion extends FileIngestion {
  readonly sources: readonly IngestionSource[];
}
