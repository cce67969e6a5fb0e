import { z } from 'zod';
import { KustoError } from '../../errors/index.js';

/**
 * The actions of a Delta log that a reader or an appending writer has to know, as the transaction protocol defines them
 * (delta-io/delta, PROTOCOL.md). Unknown actions and members are left alone: features that change what they mean are refused
 * by `protocol.ts`.
 */
const protocol = z.object({
  minReaderVersion: z.number().int(),
  minWriterVersion: z.number().int(),
  readerFeatures: z.array(z.string()).nullish(),
  writerFeatures: z.array(z.string()).nullish(),
});
const metadata = z.object({
  id: z.string(),
  format: z.object({ provider: z.string() }).default({ provider: 'parquet' }),
  schemaString: z.string(),
  partitionColumns: z.array(z.string()),
  configuration: z.record(z.string(), z.string().nullable()).nullish(),
});
const add = z.object({
  path: z.string(),
  partitionValues: z.record(z.string(), z.string().nullable()),
  size: z.number(),
  /** JSON text. */
  stats: z.string().nullish(),
  deletionVector: z.unknown().optional(),
});
const remove = z.object({ path: z.string() });
const txn = z.object({ appId: z.string(), version: z.number() });

const action = z.object({
  protocol: protocol.nullish(),
  metaData: metadata.nullish(),
  add: add.nullish(),
  remove: remove.nullish(),
  txn: txn.nullish(),
  /** Of V2 checkpoints only. */
  checkpointMetadata: z.unknown().optional(),
  sidecar: z.unknown().optional(),
});

export type DeltaProtocol = z.infer<typeof protocol>;
export type DeltaMetadata = z.infer<typeof metadata>;
export type AddFile = z.infer<typeof add>;
/** At most one member is set. */
export type DeltaAction = z.infer<typeof action>;

/** Throws DeltaTable_LogDamaged; `place` is the address of what was read. */
export function parseAction(value: unknown, place: string): DeltaAction {
  const parsed = action.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw damaged(
    `${place} holds an action that does not follow the protocol (${issue?.path.join('.')}: ${issue?.message})`,
  );
}

/** A commit: an action a line. */
export function parseCommit(text: string, place: string): readonly DeltaAction[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      let value: unknown;
      try {
        value = JSON.parse(line);
      } catch {
        throw damaged(`${place} has a line that is no JSON`);
      }
      return parseAction(value, place);
    });
}

export function damaged(what: string): KustoError {
  return new KustoError(
    'DeltaTable_LogDamaged',
    `The log of the Delta table cannot be read: ${what}. Repair the table with the system that writes it.`,
  );
}
