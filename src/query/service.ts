import { hasIngestionTime, type Catalog, type CatalogSnapshot } from '../catalog/catalog.js';
import type { Engine, EngineResult } from '../engines/engine.js';
import { KustoError } from '../errors/index.js';
import { CLUSTER_NAME } from '../language/schema.js';
import type { RequestFacts } from '../language/context.js';
import { setting } from '../language/settings.js';
import { literal, type BoundRequest, type Relation } from '../plan/index.js';
import {
  currentPrincipal,
  currentPrincipalDetails,
  currentPrincipalIsMemberOf,
  type Security,
} from '../security/index.js';
import type { Dialect } from '../sql/dialect.js';
import { ticksOfDate, type ColumnBatch, type KustoValue } from '../values/index.js';
import { Binder } from './binder.js';
import { Compilation } from './compilation.js';
import { constantResult } from './constant.js';
import { narrowed, tablesOf } from './scope.js';
import type { ExternalReader } from './external-reader.js';
import { resultLimits, ResultMeter, takenRecords } from './limits.js';
import type {
  MemoryTable,
  PreparedQuery,
  QueryResult,
  QueryService,
  RequestContext,
  ResultTable,
  ScopedTable,
} from './query-service.js';
import { SchemaViews } from './schema-view.js';
import { runOver } from './run-over.js';
import { NotValidated, refuseTooWide, refuseUnsupported, validation } from './request-properties.js';

/** Rows from which on the engine writes their JSON faster than we do. */
const MANY_ROWS = 8192;

export interface QueryServiceParts {
  readonly catalog: Catalog;
  readonly engine: Engine;
  readonly dialect: Dialect;
  readonly security: Pick<Security, 'authorization' | 'directory'>;
  readonly external: ExternalReader;
  readonly clusterEndpoint: () => string;
  readonly clock: () => Date;
}

/** Text to result: authorizes, binds to what the caller may see, compiles, runs. */
export class Queries implements QueryService {
  private readonly views = new SchemaViews();
  private readonly binder = new Binder();
  private readonly compilation: Compilation;

  constructor(private readonly parts: QueryServiceParts) {
    this.compilation = new Compilation(parts);
  }

  async run(text: string, context: RequestContext): Promise<QueryResult> {
    let bound: BoundRequest;
    try {
      bound = await this.bind(text, context);
    } catch (error) {
      if (error instanceof NotValidated) return validation('Incomplete');
      throw error;
    }
    if (setting<boolean>(bound.settings, 'validatepermissions', 'bool') === true) return validation('OK');
    refuseUnsupported(bound.settings);
    refuseTooWide(
      bound.results.map((result) => result.relation),
      bound.settings,
    );
    const most = takenRecords(bound.settings);
    const meter = new ResultMeter(resultLimits(bound.settings));
    const opened: { close(): Promise<void> }[] = [];
    try {
      const tables: ResultTable[] = [];
      for (const { name, relation } of bound.results) {
        const wanted = withColumn(most === undefined ? relation : limited(relation, most));
        const result = constantResult(wanted) ?? (await this.execute(wanted, context, opened));
        opened.push(result);
        const { written } = result;
        tables.push({
          name,
          columns: relation.columns.length === 0 ? [] : result.columns,
          rowCount: result.rowCount,
          batches: () => meter.cut(relation.columns.length === 0 ? withoutColumns(result) : result.batches()),
          ...(written &&
            relation.columns.length > 0 &&
            result.rowCount >= MANY_ROWS && { json: () => meter.cutJson(result.rowCount, written) }),
        });
      }
      return {
        tables,
        visualization: bound.visualization,
        cursor: bound.usesCursor ? this.parts.catalog.currentCursor().toString() : null,
        get truncation() {
          return meter.truncation;
        },
        close: () => closeAll(opened),
      };
    } catch (error) {
      await closeAll(opened);
      throw error;
    }
  }

  private async execute(
    relation: Relation,
    context: RequestContext,
    opened: { close(): Promise<void> }[],
  ): Promise<EngineResult> {
    const { sql, release } = await this.compilation.compile(relation, context);
    opened.push({ close: release });
    return this.parts.engine.run(sql, context.signal);
  }

  async prepare(text: string, context: RequestContext): Promise<PreparedQuery> {
    const bound = await this.bind(text, context);
    const [only] = bound.results;
    if (bound.results.length !== 1 || !only) {
      throw new KustoError('SEM0001', 'One tabular query is expected here.');
    }
    refuseUnsupported(bound.settings);
    refuseTooWide([only.relation], bound.settings);
    const most = takenRecords(bound.settings);
    const relation = most === undefined ? only.relation : limited(only.relation, most);
    const { tables, externalTables } = tablesOf(relation);
    return {
      columns: relation.columns.map(({ name, type }) => ({ name, type })),
      tables,
      externalTables,
      compile: async (scope?: readonly ScopedTable[]) => {
        const compiled = await this.compilation.compile(scope ? narrowed(relation, scope) : relation, context);
        this.parts.engine.register(compiled.sql.functions ?? []);
        return compiled;
      },
    };
  }

  runOver(table: MemoryTable, tail: string, context: RequestContext): Promise<MemoryTable> {
    const { binder } = this;
    const { engine, dialect, catalog } = this.parts;
    const facts = this.facts(context, catalog.snapshot());
    return runOver(table, tail, facts, { binder, engine, dialect, signal: context.signal });
  }

  close(): Promise<void> {
    return this.binder.close();
  }

  private async bind(text: string, context: RequestContext): Promise<BoundRequest> {
    const { authorization } = this.parts.security;
    const snapshot = this.parts.catalog.snapshot();
    authorization.require(snapshot, context.caller, 'DatabaseViewer', { database: context.database });
    const visible = snapshot
      .list('database')
      .filter((database) => authorization.mayQuery(snapshot, context.caller, database.name));
    const current = snapshot.database(context.database)!;
    const schema = this.views.schema(snapshot, visible, current.name);
    const facts = this.facts(context, snapshot);
    const { parameters, options, signal } = context;
    const rows = (probe: Relation) => this.rows(probe, context);
    return this.binder.bind({ text, schema, facts, parameters, options, rows }, signal);
  }

  private async rows(relation: Relation, context: RequestContext): Promise<readonly (readonly KustoValue[])[]> {
    if (context.options['validatepermissions'] === true) throw new NotValidated();
    const { sql, release } = await this.compilation.compile(relation, context);
    try {
      const result = await this.parts.engine.run(sql, context.signal);
      return await rowsOf(result);
    } finally {
      await release();
    }
  }

  private facts(context: RequestContext, snapshot: CatalogSnapshot): RequestFacts {
    const { security, clock, catalog, clusterEndpoint } = this.parts;
    return {
      now: ticksOfDate(clock()),
      database: snapshot.database(context.database)?.name ?? context.database,
      clusterEndpoint: clusterEndpoint() || CLUSTER_NAME,
      principal: currentPrincipal(context.caller),
      get principalDetails() {
        return JSON.stringify(currentPrincipalDetails(context.caller));
      },
      isMemberOf: (name) => currentPrincipalIsMemberOf(context.caller, [name], security.directory),
      currentCursor: catalog.currentCursor().toString(),
      clientRequestId: context.clientRequestId,
      hasIngestionTime: (tableId) => hasIngestionTime(snapshot, tableId),
    };
  }
}

const limited = (input: Relation, count: bigint): Relation => ({
  kind: 'limit',
  input,
  count: literal('long', count),
  columns: input.columns,
});

/** SQL has no rows without columns: `project-away *` gets one, which the answer leaves out. */
function withColumn(input: Relation): Relation {
  if (input.columns.length > 0) return input;
  const column = { id: 0, name: 'none', type: 'long' } as const;
  return { kind: 'project', input, items: [{ column, value: literal('long', 0n) }], columns: [column] };
}

async function* withoutColumns(result: EngineResult): AsyncIterable<ColumnBatch> {
  for await (const { rowCount } of result.batches()) yield { rowCount, columns: [] };
}

async function rowsOf(result: EngineResult): Promise<KustoValue[][]> {
  try {
    const rows: KustoValue[][] = [];
    for await (const batch of result.batches()) {
      for (let r = 0; r < batch.rowCount; r++) rows.push(batch.columns.map((column) => column[r]!));
    }
    return rows;
  } finally {
    await result.close();
  }
}

async function closeAll(opened: readonly { close(): Promise<void> }[]): Promise<void> {
  for (const one of opened) await one.close();
}
