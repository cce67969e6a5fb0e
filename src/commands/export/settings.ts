import { KustoError, type Span } from '../../errors/index.js';
import { timespanText } from '../../values/index.js';

/** Properties that say how files are written; of jobs and of commands alike. */
export const FILE_PROPERTIES = {
  sizeLimit: 'long',
  distributed: 'bool',
  distribution: 'word',
  distributionKind: 'word',
  parquetRowGroupSize: 'long',
} as const;

export interface FileProperties {
  readonly sizeLimit?: bigint;
  readonly distributed?: boolean;
  readonly distribution?: string;
  readonly distributionKind?: string;
  readonly parquetRowGroupSize?: bigint;
}

export type CheckedProperties = Readonly<Record<string, string | number | boolean>>;

const MEGABYTE = 1_000_000n;
const MEBIBYTE = 1_048_576n;
const MINUTE = 600_000_000n;
export const DEFAULT_INTERVAL = 60n * MINUTE;

type SpanOf = (argument: string) => Span | undefined;

function wrong(name: string, message: string, spanOf: SpanOf): KustoError {
  const span = spanOf(`properties.${name}`);
  return new KustoError('Export_InvalidProperty', `The property '${name}' ${message}.`, span && { span });
}

/** What was given, checked, in the form that the catalog keeps. Throws Export_InvalidProperty. */
export function checkFileProperties(given: FileProperties, maxGigabytes: number, spanOf: SpanOf): CheckedProperties {
  const { sizeLimit, distributed, parquetRowGroupSize } = given;
  // A limit may be thought in either unit: both 100,000,000 and 1 GiB are taken.
  if (sizeLimit !== undefined && (sizeLimit < 100n * MEGABYTE || sizeLimit > BigInt(maxGigabytes) * 1024n * MEBIBYTE)) {
    throw wrong('sizeLimit', `is ${sizeLimit}: it must be between 100 MB and ${maxGigabytes} GB, in bytes`, spanOf);
  }
  if (parquetRowGroupSize !== undefined && (parquetRowGroupSize < 1n || parquetRowGroupSize > 1_000_000_000n)) {
    throw wrong('parquetRowGroupSize', `is ${parquetRowGroupSize}: it must be a number of records from 1 on`, spanOf);
  }
  const distribution = choice('distribution', given.distribution, ['single', 'per_node', 'per_shard'], spanOf);
  const distributionKind = choice('distributionKind', given.distributionKind, ['uniform', 'default'], spanOf);
  return {
    ...(sizeLimit === undefined ? {} : { sizeLimit: Number(sizeLimit) }),
    ...(distributed === undefined ? {} : { distributed }),
    ...(distribution === undefined ? {} : { distribution }),
    ...(distributionKind === undefined ? {} : { distributionKind }),
    ...(parquetRowGroupSize === undefined ? {} : { parquetRowGroupSize: Number(parquetRowGroupSize) }),
  };
}

/** One of some words, matched without case. Throws Export_InvalidProperty. */
export function choice(
  name: string,
  given: string | undefined,
  choices: readonly string[],
  spanOf: SpanOf,
): string | undefined {
  if (given === undefined) return undefined;
  const found = choices.find((one) => one.toLowerCase() === given.toLowerCase());
  if (found === undefined) throw wrong(name, `is '${given}': it must be one of ${choices.join(', ')}`, spanOf);
  return found;
}

/** Ticks. Throws Export_InvalidProperty. */
export function checkInterval(given: bigint | undefined, spanOf: SpanOf): bigint {
  const interval = given ?? DEFAULT_INTERVAL;
  if (interval >= MINUTE) return interval;
  const message = `is ${timespanText(interval)}: it must be at least 1 minute (1m)`;
  throw wrong('intervalBetweenRuns', message, spanOf);
}

/** Ticks. Throws Export_InvalidProperty. */
export function checkLatency(given: bigint | undefined, spanOf: SpanOf): bigint {
  const latency = given ?? 0n;
  if (latency >= 0n) return latency;
  throw wrong('forcedLatency', `is ${timespanText(latency)}: it cannot be negative`, spanOf);
}

/** `system`, an object id in lower case, or null. Throws Export_InvalidProperty. */
export function checkIdentityName(given: string | undefined, spanOf: SpanOf): string | null {
  if (given === undefined) return null;
  const name = given.toLowerCase();
  if (name === 'system' || /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(name)) return name;
  throw wrong('managedIdentity', `is '${given}': it must be an object id (a GUID) or system`, spanOf);
}
