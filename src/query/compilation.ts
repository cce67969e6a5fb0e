import type { CompiledSql, Engine, InputTable } from '../engines/engine.js';
import { isSummary, mostRows, visitRelations, type Relation } from '../plan/index.js';
import { compile } from '../sql/compile.js';
import type { Dialect } from '../sql/dialect.js';
import type { ExternalReader } from './external-reader.js';
import { resolveProcedures } from './procedures.js';
import type { RequestContext } from './query-service.js';

/** Rows that are held in memory without a second thought. */
const FEW_ROWS = 1000;

export interface Compiled {
  readonly sql: CompiledSql;
  release(): Promise<void>;
}

const NOTHING = (): Promise<void> => Promise.resolve();

/** Plan to the engine's SQL: procedures run on the way, and files of external tables are fetched. */
export class Compilation {
  /** A plan that reads no more than the engine's own tables has one SQL; the plan itself may be kept by its text. */
  private readonly known = new WeakMap<Relation, CompiledSql>();

  constructor(
    private readonly parts: { readonly engine: Engine; readonly dialect: Dialect; readonly external: ExternalReader },
  ) {}

  async compile(relation: Relation, context: RequestContext): Promise<Compiled> {
    const known = this.known.get(relation);
    if (known) return { sql: known, release: NOTHING };
    const resolved = await resolveProcedures(
      relation,
      this.parts.engine,
      (input, inputs) => this.compileSql(input, inputs, context),
      context.signal,
    );
    const compiled = await this.compileSql(resolved.relation, resolved.inputs, context);
    if (resolved.relation === relation && !readsFiles(relation)) this.known.set(relation, compiled.sql);
    return compiled;
  }

  private async compileSql(
    relation: Relation,
    inputs: readonly InputTable[],
    context: RequestContext,
  ): Promise<Compiled> {
    const external = await this.parts.external.open(relation, context);
    try {
      const compiled = compile(relation, this.parts.dialect, external.sql);
      const fewRows = mostRows(relation) <= FEW_ROWS ? 'surely' : isSummary(relation) ? 'likely' : undefined;
      return {
        sql: { ...compiled, parameters: [], inputs: [...inputs, ...compiled.inputs], ...(fewRows && { fewRows }) },
        release: external.release,
      };
    } catch (error) {
      await external.release();
      throw error;
    }
  }
}

function readsFiles(relation: Relation): boolean {
  let found = false;
  visitRelations(relation, (node) => {
    found ||= node.kind === 'externalScan';
  });
  return found;
}
