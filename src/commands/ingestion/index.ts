import type { Command } from '../framework/index.js';
import { ingestInline, ingestInto } from './files.js';
import { MAPPING_COMMANDS } from './mappings.js';
import { QUERY_INGESTION } from './query.js';

export const INGESTION_COMMANDS: readonly Command[] = [
  ...QUERY_INGESTION,
  ingestInline,
  ingestInto,
  ...MAPPING_COMMANDS,
];
