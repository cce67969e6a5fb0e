import type { DataFormat, ExternalTableEntity } from '../catalog/model.js';
import { wrong } from './layout.js';

export interface TableProperties {
  readonly folder: string | undefined;
  readonly docString: string | undefined;
  /** What the entity keeps, by the documented names. */
  readonly properties: ExternalTableEntity['properties'];
  /** What concerns the command only. */
  readonly command: CommandProperties;
}

export interface CommandProperties {
  readonly sampleUris: boolean;
  readonly filesPreview: boolean;
  readonly validateNotEmpty: boolean;
  readonly dryRun: boolean;
}

type Value = string | number | boolean;

const TEXT = ['folder', 'docString', 'namePrefix', 'fileExtension'] as const;
const YES_NO = ['compressed', 'sampleUris', 'filesPreview', 'validateNotEmpty', 'dryRun'] as const;
const CHOICES = {
  compressionType: ['gzip', 'snappy', 'lz4_raw', 'brotli', 'zstd'],
  includeHeaders: ['All', 'FirstFile', 'None'],
  encoding: ['UTF8NoBOM', 'UTF8BOM'],
} as const;
const KEPT = ['compressed', 'compressionType', 'includeHeaders', 'namePrefix', 'fileExtension', 'encoding'];

/**
 * Checks the `with (…)` of an external table of kind=storage. Names and choices may be written in any case, booleans as
 * text; out come the documented spellings. Throws ExternalTable_InvalidDefinition.
 */
export function checkProperties(given: Readonly<Record<string, Value>>, format: DataFormat): TableProperties {
  const checked = new Map<string, Value>();
  for (const [written, value] of Object.entries(given)) {
    const name = nameOf(written);
    if (checked.has(name)) throw wrong(`The property '${name}' is given twice`);
    checked.set(name, valueOf(name, value));
  }
  const compression = checked.get('compressionType');
  if (compression !== undefined && compression !== 'gzip' && format !== 'parquet') {
    throw wrong(`compressionType '${compression}' is for parquet only: files of ${format} are compressed with gzip`);
  }
  const text = (name: string) => checked.get(name) as string | undefined;
  const flag = (name: string) => checked.get(name) === true;
  return {
    folder: text('folder'),
    docString: text('docString'),
    properties: Object.fromEntries([...checked].filter(([name]) => KEPT.includes(name))),
    command: {
      sampleUris: flag('sampleUris'),
      filesPreview: flag('filesPreview'),
      validateNotEmpty: flag('validateNotEmpty'),
      dryRun: flag('dryRun'),
    },
  };
}

function nameOf(written: string): string {
  const known = [...TEXT, ...YES_NO, ...Object.keys(CHOICES)];
  const name = known.find((n) => n.toLowerCase() === written.toLowerCase());
  if (name === undefined) {
    throw wrong(`'${written}' is no property of an external table; there are ${known.join(', ')}`);
  }
  return name;
}

function valueOf(name: string, value: Value): Value {
  if ((YES_NO as readonly string[]).includes(name)) {
    if (typeof value === 'boolean') return value;
    if (/^(true|false)$/i.test(String(value))) return String(value).toLowerCase() === 'true';
    throw wrong(`The property '${name}' is true or false`);
  }
  if (typeof value !== 'string') throw wrong(`The property '${name}' is a text in quotes`);
  if (name in CHOICES) {
    const choices: readonly string[] = CHOICES[name as keyof typeof CHOICES];
    const choice = choices.find((c) => c.toLowerCase() === value.toLowerCase());
    if (choice === undefined) throw wrong(`The property '${name}' is one of ${choices.join(', ')}`);
    return choice;
  }
  if ((name === 'namePrefix' || name === 'fileExtension') && /[/\\\p{Cc}]|^\.+$/u.test(value)) {
    throw wrong(`The property '${name}' is part of a file's name: no slashes, no control characters`);
  }
  return value;
}
