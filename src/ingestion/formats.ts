import { KustoError } from '../errors/index.js';
import type { IngestionMappingEntity } from '../catalog/model.js';
import type { FileScan } from '../engines/engine.js';

export type IngestionFormat = FileScan['format'];

const FORMATS: Readonly<Record<string, IngestionFormat>> = {
  csv: 'csv',
  tsv: 'tsv',
  tsve: 'tsve',
  psv: 'psv',
  scsv: 'scsv',
  sohsv: 'sohsv',
  txt: 'txt',
  raw: 'raw',
  json: 'json',
  singlejson: 'multijson',
  multijson: 'multijson',
  parquet: 'parquet',
};

const EXTENSIONS: Readonly<Record<string, IngestionFormat>> = { ...FORMATS, jsonl: 'json', ndjson: 'json', log: 'txt' };

/** The format that a property names; any letter case, as the reference takes it. */
export function formatNamed(name: string): IngestionFormat {
  const format = FORMATS[name.toLowerCase()];
  if (format) return format;
  throw new KustoError(
    'BadRequest_FormatNotSupported',
    `The format '${name}' cannot be ingested. Use one of ${Object.keys(FORMATS).join(', ')}.`,
  );
}

export interface DetectedFormat {
  /** Undefined when the name does not tell. */
  readonly format: IngestionFormat | undefined;
  readonly compression: 'none' | 'gzip' | 'zip';
}

/** What the name of a file or blob tells: `data.csv.gz`; a query string (SAS) is no part of it. */
export function detectFormat(location: string): DetectedFormat {
  const name = location.replace(/[?;].*$/s, '').toLowerCase();
  const packed = /\.(gz|zip)$/.exec(name)?.[1];
  const extension = /\.([a-z0-9]+)$/.exec(packed ? name.slice(0, -packed.length - 1) : name)?.[1];
  return {
    format: extension === undefined ? undefined : EXTENSIONS[extension],
    compression: packed === 'gz' ? 'gzip' : packed === 'zip' ? 'zip' : 'none',
  };
}

/** The kind of mapping that a format takes. */
export function mappingKind(format: IngestionFormat): IngestionMappingEntity['format'] {
  if (format === 'json' || format === 'multijson') return 'json';
  return format === 'parquet' ? 'parquet' : 'csv';
}
