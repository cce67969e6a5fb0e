import type { Permission } from '../security/permissions.js';
import type { ColumnSchema, KustoValue } from '../values/index.js';
import type { RequestContext } from '../query/query-service.js';

/** What a command answers: one table. Cells are Kusto values in memory (see values/types.ts). */
export interface CommandResult {
  readonly columns: readonly ColumnSchema[];
  readonly rows: readonly (readonly KustoValue[])[];
}

export interface CommandService {
  /** Parses, authorizes, runs. Throws KustoError. `readOnly` refuses everything but `.show` (query endpoint). */
  run(text: string, context: RequestContext, mode?: { readonly readOnly?: boolean }): Promise<CommandResult>;
}

export type { Permission };
