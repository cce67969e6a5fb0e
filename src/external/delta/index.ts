export { appendCommit, withdrawCommit, type AddedFile, type DeltaTransaction } from './commit.js';
export {
  checkGiven,
  inferColumns,
  requireNoNulls,
  requireWritableColumns,
  type DeltaColumns,
  type DeltaDefinition,
} from './drift.js';
export { deltaFiles } from './files.js';
export { DeltaHeads } from './heads.js';
export { DeltaLog, tableNotFound, type CheckpointReader, type LogHead } from './log.js';
export { commitName } from './log-names.js';
export { partitionFolder, partitionText } from './partition-values.js';
export { nameOf } from './paths.js';
export { requireAppendable, requireReadable } from './protocol.js';
export { fieldsOf } from './schema.js';
export { statisticsJson } from './statistics.js';
