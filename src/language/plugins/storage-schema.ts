import type { StorageSchemaRequest } from '../../plan/index.js';
import type { Table } from '../context.js';
import { refuseDisabled } from '../settings.js';
import type { PluginCall } from './plugin.js';

const MODES: readonly StorageSchemaRequest['mode'][] = ['any', 'last', 'all'];

const PROPERTIES = new Set([
  'StorageContainers',
  'DataFormat',
  'FileExtension',
  'FileNamePrefix',
  'Mode',
  'InferenceOptions',
]);

/** infer_storage_schema(bag) and infer_storage_schema_with_suggestions(bag): what is read is told by the bag alone. */
export function storageSchema(plugin: PluginCall): Table {
  const { node, scope } = plugin;
  refuseDisabled(node, scope, 'request_external_data_disabled');
  const columns = plugin.resultColumns();
  const request = requestOf(plugin);
  return { columns, relation: { kind: 'externalScan', source: { kind: 'storageSchema', ...request }, columns } };
}

function requestOf(plugin: PluginCall): StorageSchemaRequest {
  const [given] = plugin.positional;
  const { value } = plugin.literal(given!);
  const options = typeof value === 'string' ? bagOf(JSON.parse(value)) : undefined;
  if (!options) throw plugin.error('the options must be a property bag.', given);
  const unknown = Object.keys(options).find((name) => !PROPERTIES.has(name));
  if (unknown !== undefined) throw plugin.error(`'${unknown}' is no property of the request.`, given);
  const text = (name: string): string | undefined => {
    const held = options[name];
    if (held === undefined || typeof held === 'string') return held;
    throw plugin.error(`${name} must be a string.`, given);
  };
  const addresses = options.StorageContainers;
  if (!Array.isArray(addresses) || addresses.length === 0 || !addresses.every((one) => typeof one === 'string'))
    throw plugin.error('StorageContainers must be an array of connection strings.', given);
  const format = text('DataFormat')?.toLowerCase();
  if (!format) throw plugin.error('DataFormat must be given.', given);
  const wanted = text('Mode')?.toLowerCase() ?? 'last';
  const mode = MODES.find((one) => one === wanted);
  if (!mode) throw plugin.error(`Mode must be one of ${MODES.join(', ')}.`, given);
  const inference = options.InferenceOptions === undefined ? {} : bagOf(options.InferenceOptions);
  const header = inference?.UseFirstRowAsHeader ?? false;
  if (
    !inference ||
    typeof header !== 'boolean' ||
    Object.keys(inference).some((name) => name !== 'UseFirstRowAsHeader')
  )
    throw plugin.error('InferenceOptions may hold UseFirstRowAsHeader, true or false.', given);
  const [namePrefix, fileExtension] = [text('FileNamePrefix'), text('FileExtension')];
  return {
    addresses: addresses as string[],
    format,
    mode,
    firstRowIsHeader: header,
    suggestions: plugin.name.endsWith('suggestions'),
    ...(namePrefix !== undefined && { namePrefix }),
    ...(fileExtension !== undefined && { fileExtension }),
  };
}

const bagOf = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
