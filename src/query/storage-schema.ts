import type { Engine, FileScan } from '../engines/engine.js';
import { KustoError } from '../errors/index.js';
import { SchemaInference, type FetchedFile } from '../external/index.js';
import { bracketed } from '../language/schema.js';
import type { StorageSchemaRequest } from '../plan/index.js';
import type { KustoValue } from '../values/index.js';

/** Records of each file that types are guessed from. */
const RECORDS = 1000;

/** What `infer_storage_schema` answers: the schema as text, or JSON with suggestions. */
export async function storageSchema(
  request: StorageSchemaRequest,
  files: readonly FetchedFile[],
  format: FileScan['format'],
  engine: Engine,
  signal: AbortSignal,
): Promise<string> {
  if (files.length === 0) {
    const where = 'in the containers, under the prefix and with the extension given';
    throw new KustoError('General_BadRequest', `There is no file to infer a schema from ${where}.`);
  }
  const inference = new SchemaInference();
  for (const file of files) await inferFile(inference, request, file, format, engine, signal);
  if (request.suggestions) return inference.suggestions();
  return inference
    .columns()
    .map(({ name, type }) => `${/^[A-Za-z_]\w*$/.test(name) ? name : bracketed(name)}:${type}`)
    .join(', ');
}

async function inferFile(
  inference: SchemaInference,
  { firstRowIsHeader }: StorageSchemaRequest,
  { path, uri, compression }: FetchedFile,
  format: FileScan['format'],
  engine: Engine,
  signal: AbortSignal,
): Promise<void> {
  const scan = { files: [{ path, location: uri }], format, gzip: compression === 'gzip', skipFirstRecord: false };
  const { columns, width } = await engine.describeFiles(scan, signal);
  for (const column of columns ?? []) inference.declare(column);
  if (columns) return;
  if (/json$/.test(format)) {
    const record = { name: 'record', type: 'dynamic', source: { kind: 'path', steps: [] } } as const;
    for (const [text] of await sample({ ...scan, columns: [record] }, engine, signal)) {
      const value: unknown = typeof text === 'string' ? JSON.parse(text) : null;
      if (typeof value !== 'object' || Array.isArray(value)) continue;
      for (const [name, held] of Object.entries(value ?? {})) inference.addJson(name, held);
    }
    return;
  }
  const fields = Array.from(
    { length: width ?? 1 },
    (_, ordinal) => ({ name: `f${ordinal}`, type: 'string', source: { kind: 'ordinal', ordinal } }) as const,
  );
  const rows = await sample({ ...scan, columns: fields }, engine, signal);
  const header = firstRowIsHeader ? rows.shift() : undefined;
  const names = fields.map((_, i) => String(header?.[i] ?? '') || `Column${i + 1}`);
  for (const name of names) inference.addText(name, '');
  for (const row of rows) names.forEach((name, i) => inference.addText(name, String(row[i] ?? '')));
}

async function sample(scan: FileScan, engine: Engine, signal: AbortSignal): Promise<KustoValue[][]> {
  const compiled = await engine.scanFiles(scan, signal);
  const result = await engine.run({ ...compiled, text: `SELECT * FROM (${compiled.text}) LIMIT ${RECORDS}` }, signal);
  try {
    const rows: KustoValue[][] = [];
    for await (const batch of result.batches()) {
      for (let r = 0; r < batch.rowCount; r++) rows.push(batch.columns.map((column) => column[r]!));
    }
    return rows;
  } finally {
    await result.close();
  }
}
