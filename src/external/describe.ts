import type { DataFormat, ExternalTableEntity, PartitionColumn } from '../catalog/model.js';
import { displayConnection } from '../storage/index.js';
import { ticksOfDate, timespanText, type KustoValue } from '../values/index.js';
import { artifactName } from './naming.js';
import { defaultPathFormat, PathLayout } from './layout.js';
import { periodStart } from './partition-time.js';

/** How the show commands of the reference print an external table. */
export interface TableDescription {
  readonly tableType: string;
  /** JSON texts. */
  readonly properties: string;
  readonly connectionStrings: string;
  readonly partitions: string;
  readonly pathFormat: string;
}

const FORMAT_NAMES: Readonly<Record<DataFormat, string>> = {
  csv: 'Csv',
  tsv: 'Tsv',
  psv: 'Psv',
  scsv: 'Scsv',
  sohsv: 'Sohsv',
  tsve: 'Tsve',
  txt: 'Txt',
  raw: 'Raw',
  json: 'Json',
  singlejson: 'SingleJson',
  multijson: 'MultiJson',
  parquet: 'Parquet',
  avro: 'Avro',
  apacheavro: 'ApacheAvro',
  orc: 'Orc',
  w3clogfile: 'W3CLogFile',
  sstream: 'SStream',
};

export function describeTable(table: ExternalTableEntity): TableDescription {
  if (table.tableKind === 'sql') return describeSqlTable(table);
  const { properties: given, dataFormat, connections, partitions, pathFormat } = table;
  const properties = {
    Format: dataFormat === null ? null : FORMAT_NAMES[dataFormat],
    Compressed: given['compressed'] ?? false,
    CompressionType: given['compressionType'] ?? null,
    FileExtension: given['fileExtension'] ?? null,
    IncludeHeaders: given['includeHeaders'] ?? 'None',
    Encoding: given['encoding'] ?? null,
    NamePrefix: given['namePrefix'] ?? null,
  };
  return {
    tableType: table.tableKind === 'delta' ? 'Delta' : 'Blob',
    properties: JSON.stringify(properties),
    connectionStrings: JSON.stringify(connections.map(displayConnection)),
    partitions: JSON.stringify(partitions.map(partitionJson)),
    pathFormat: (pathFormat.length > 0 ? pathFormat : defaultPathFormat(partitions))
      .map((element) => {
        if (element.kind === 'separator') return JSON.stringify(element.text);
        if (element.kind === 'partition') return element.name;
        return `datetime_pattern(${JSON.stringify(element.pattern)},${element.name})`;
      })
      .join(' '),
  };
}

function describeSqlTable({ properties: given, connections }: ExternalTableEntity): TableDescription {
  const connection = connections.map(displayConnection)[0] ?? '';
  const properties = {
    TargetEntityKind: 'sqltable',
    TargetEntityName: given['table'] ?? null,
    TargetEntityConnectionString: connection,
    SqlDialect: given['sqlDialect'] ?? null,
    FireTriggers: given['firetriggers'] ?? false,
    CreateIfNotExists: given['createifnotexists'] ?? false,
    PrimaryKey: given['primarykey'] ?? null,
  };
  return {
    tableType: 'Sql',
    properties: JSON.stringify(properties),
    connectionStrings: JSON.stringify([connection]),
    partitions: '[]',
    pathFormat: '',
  };
}

function partitionJson({ name, source, function: by }: PartitionColumn, ordinal: number) {
  const common = { Name: name, ColumnName: source ?? null, Ordinal: ordinal };
  switch (by.kind) {
    case 'value':
      return common;
    case 'hash':
      return { Mod: by.modulo, ...common };
    case 'bin':
      return { Function: 'Bin', Interval: timespanText(BigInt(by.ticks)), ...common };
    case 'startofday':
      return { Function: 'StartOfDay', ...common };
    case 'startofweek':
      return { Function: 'StartOfWeek', ...common };
    case 'startofmonth':
      return { Function: 'StartOfMonth', ...common };
    case 'startofyear':
      return { Function: 'StartOfYear', ...common };
  }
}

/** For `sampleUris`: where the table expects its files, made up with the time that is given. */
export function sampleUris(table: ExternalTableEntity, now: Date): readonly string[] {
  const layout = new PathLayout(table);
  return table.connections.flatMap(({ address }, connection) =>
    [1, 2].map((part) => {
      const values = table.partitions.map((p) => sampleValue(p, now, part));
      const extension = String(table.properties['fileExtension'] ?? `.${table.dataFormat ?? 'csv'}`);
      const prefix = String(table.properties['namePrefix'] ?? '');
      const file = artifactName({ prefix, runId: `sample ${connection}`, part, extension });
      return [address.replace(/\/+$/, ''), layout.folderOf(values), file].filter((s) => s !== '').join('/');
    }),
  );
}

function sampleValue({ name, type, function: by }: PartitionColumn, now: Date, part: number): KustoValue {
  if (type === 'datetime') return periodStart(by, ticksOfDate(now));
  if (type === 'long') return BigInt(by.kind === 'hash' ? part % by.modulo : part);
  return `${name}_${part}`;
}
