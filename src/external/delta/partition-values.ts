import { createHash } from 'node:crypto';
import type { PartitionColumn } from '../../catalog/model.js';
import { KustoError } from '../../errors/index.js';
import {
  datetimeString,
  parseDatetime,
  parseDecimal,
  parseGuid,
  TICKS_PER_DAY,
  type KustoValue,
} from '../../values/index.js';
import { damaged } from './actions.js';

/** Folder of null and of the empty string, which the protocol does not tell apart. */
const NULL_FOLDER = '__HIVE_DEFAULT_PARTITION__';
const LONGEST_FOLDER = 150;

/** A partition's value as the log has it. Throws Export_PartitionValueNotDate. */
export function partitionText({ name, type, function: by }: PartitionColumn, value: KustoValue): string | null {
  if (value === null || value === '') return null;
  if (type !== 'datetime' || typeof value !== 'bigint') return String(value);
  const text = datetimeString(value);
  if (by.kind !== 'startofday') return `${text.slice(0, 10)} ${text.slice(11, 26)}`;
  if (value % TICKS_PER_DAY === 0n) return text.slice(0, 10);
  throw new KustoError(
    'Export_PartitionValueNotDate',
    `The Delta table is partitioned by the date '${name}', and the query gives ${text} for it: the time of day would be lost. ` +
      `End the query with | extend ['${name}'] = startofday(['${name}']).`,
  );
}

/** The value of a partition that a file of the log has. */
export function partitionValue({ name, type }: PartitionColumn, text: string | null | undefined): KustoValue {
  if (text === null || text === undefined || text === '') return type === 'string' ? '' : null;
  const value = parsed(type, text);
  if (value === undefined) throw damaged(`'${text}' is no ${type}, which the partition '${name}' is`);
  return value;
}

function parsed(type: PartitionColumn['type'], text: string): KustoValue | undefined {
  switch (type) {
    case 'string':
      return text;
    case 'guid':
      return parseGuid(text);
    case 'datetime':
      return parseDatetime(text);
    case 'decimal':
      return parseDecimal(text);
    case 'bool':
      return text === 'true' ? true : text === 'false' ? false : undefined;
    case 'long':
    case 'timespan':
      return /^-?\d+$/.test(text) ? BigInt(text) : undefined;
    case 'int':
      return /^-?\d+$/.test(text) ? Number(text) : undefined;
    case 'real':
      return text === 'NaN' || !Number.isNaN(Number(text)) ? Number(text) : undefined;
    case 'dynamic':
      return JSON.stringify(text);
  }
}

/** Where files with these values lie; readers go by the log alone. Different values have different folders. */
export function partitionFolder(values: readonly (readonly [name: string, text: string | null])[]): string {
  return values.map(([name, text]) => `${escaped(name)}=${text === null ? NULL_FOLDER : escaped(text)}`).join('/');
}

/** Letters that every store takes. What grows too long, or has another meaning, is named by its hash, behind a sign of its own. */
function escaped(text: string): string {
  const safe = Buffer.from(text)
    .toString('latin1')
    .replace(/[^A-Za-z0-9_-]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
  if (safe.length <= LONGEST_FOLDER && safe !== NULL_FOLDER) return safe;
  return `=${createHash('sha256').update(text).digest('hex')}`;
}
