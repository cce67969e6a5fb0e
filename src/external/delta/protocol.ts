import { KustoError } from '../../errors/index.js';
import type { DeltaMetadata, DeltaProtocol } from './actions.js';
import { fieldsOf, type DeltaField } from './schema.js';

/** What a table demands of those who read or write it. */
export interface TableRules {
  readonly protocol: DeltaProtocol;
  readonly metadata: DeltaMetadata;
}

/** Versions that name no features: what is in force follows from the number. */
const LEGACY_READER = 2;
const LEGACY_WRITER = 4;
const NAMED_READER = 3;
const NAMED_WRITER = 7;

/**
 * Features that a reader may meet: of deletion vectors and of the newer checkpoints only their presence in a table, the things
 * themselves are refused where they are met.
 */
const READABLE = ['columnMapping', 'deletionVectors', 'timestampNtz', 'v2Checkpoint', 'vacuumProtocolCheck'];
/** Features that ask nothing of who appends whole files, or only what `activeFeatures` looks for. */
const APPENDABLE = [...READABLE, 'appendOnly', 'invariants', 'checkConstraints', 'changeDataFeed', 'generatedColumns'];

/** Throws DeltaTable_FeatureNotSupported when the table's data may mean something else than it says. */
export function requireReadable({ protocol, metadata }: TableRules): void {
  const { minReaderVersion: version, readerFeatures } = protocol;
  if (version > LEGACY_READER && version !== NAMED_READER) throw refused('read', `reader version ${version}`);
  const unknown = (version === NAMED_READER ? (readerFeatures ?? []) : []).filter((name) => !READABLE.includes(name));
  if (unknown.length > 0) throw refused('read', unknown.join(', '));
  if (hasColumnMapping(metadata)) throw refused('read', 'columnMapping');
  if (metadata.format.provider !== 'parquet') throw refused('read', `files in the format ${metadata.format.provider}`);
}

/** Throws DeltaTable_FeatureNotSupported when an append would have to do more than write files and name them. */
export function requireAppendable(rules: TableRules): void {
  requireReadable(rules);
  const { minWriterVersion: version, writerFeatures } = rules.protocol;
  if (version > LEGACY_WRITER && version !== NAMED_WRITER) throw refused('write', `writer version ${version}`);
  const unknown = (version === NAMED_WRITER ? (writerFeatures ?? []) : []).filter((name) => !APPENDABLE.includes(name));
  const active = activeFeatures(rules.metadata);
  if (unknown.length + active.length > 0) throw refused('write', [...unknown, ...active].join(', '));
}

/** Rules on values, which nobody here evaluates. A table may support such a feature without using it. */
function activeFeatures(metadata: DeltaMetadata): readonly string[] {
  const fields = fieldsOf(metadata);
  const has = (key: string): boolean => fields.some((field) => holds(field, key));
  return [
    ...(has('delta.invariants') ? ['invariants'] : []),
    ...(has('delta.generationExpression') ? ['generatedColumns'] : []),
    ...(has('delta.identity.start') ? ['identityColumns'] : []),
    ...Object.keys(metadata.configuration ?? {}).filter((key) => key.startsWith('delta.constraints.')),
  ];
}

/** A column inside of a struct may carry a rule as well. */
function holds({ metadata, type }: DeltaField, key: string): boolean {
  return key in metadata || (typeof type !== 'string' && JSON.stringify(type).includes(`"${key}"`));
}

function hasColumnMapping({ configuration }: DeltaMetadata): boolean {
  return !['none', undefined, null].includes(configuration?.['delta.columnMapping.mode']);
}

function refused(verb: 'read' | 'write', what: string): KustoError {
  return new KustoError(
    'DeltaTable_FeatureNotSupported',
    `Calypso cannot ${verb} this Delta table, which needs: ${what}. ` +
      (verb === 'read'
        ? 'Drop the feature with the system that writes the table (ALTER TABLE … DROP FEATURE), or have it write a table without it.'
        : 'Drop the feature or constraint with the system that owns the table, or export to a table without it. ' +
          'Without features by name, writer versions up to 4 are written.'),
  );
}
