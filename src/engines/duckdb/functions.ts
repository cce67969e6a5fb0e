import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  DuckDBScalarFunction,
  INTEGER,
  VARCHAR,
  type DuckDBConnection,
  type DuckDBDataChunk,
  type DuckDBType,
  type DuckDBVector,
} from '@duckdb/node-api';
import { KustoError } from '../../errors/index.js';
import type { KustoType, KustoValue } from '../../values/index.js';
import type { EngineFunction } from '../engine.js';

const TYPES: Readonly<Record<KustoType, DuckDBType>> = {
  bool: BOOLEAN,
  int: INTEGER,
  long: BIGINT,
  real: DOUBLE,
  datetime: BIGINT,
  timespan: BIGINT,
  string: VARCHAR,
  dynamic: VARCHAR,
  decimal: VARCHAR,
  guid: VARCHAR,
};

/**
 * Makes JavaScript functions known to the instance, each once. DuckDB calls them on the main thread, a chunk a call. A
 * connection of its own registers them: inside a transaction they would vanish with its rollback.
 */
export class FunctionRegistry {
  private readonly known = new Set<string>();

  constructor(private readonly connection: DuckDBConnection) {}

  register(functions: readonly EngineFunction[] = []): void {
    for (const definition of functions) {
      if (this.known.has(definition.name)) continue;
      this.connection.registerScalarFunction(
        DuckDBScalarFunction.create({
          name: definition.name,
          mainFunction: (_info, input, output) => evaluateChunk(definition, input, output),
          returnType: TYPES[definition.type],
          parameterTypes: definition.parameterTypes.map((type) => TYPES[type]),
          specialHandling: true,
          volatile: definition.volatile,
        }),
      );
      this.known.add(definition.name);
    }
  }

  close(): void {
    this.connection.closeSync();
  }
}

/** DuckDB keeps no more of what a function throws than its text: a coded error travels in it (see errors.ts). */
function evaluated(definition: EngineFunction, args: readonly KustoValue[]): KustoValue {
  try {
    return definition.evaluate(args);
  } catch (error) {
    if (!(error instanceof KustoError)) throw error;
    throw new Error(`KUSTO:${error.code}:${error.message.replaceAll('\n', ' ')}`, { cause: error });
  }
}

function evaluateChunk(definition: EngineFunction, input: DuckDBDataChunk, output: DuckDBVector): void {
  const vectors = definition.parameterTypes.map((_, i) => input.getColumnVector(i));
  const missing: KustoValue = definition.type === 'string' ? '' : null;
  const args: KustoValue[] = new Array<KustoValue>(vectors.length);
  for (let row = 0; row < input.rowCount; row++) {
    let anyNull = false;
    for (let i = 0; i < vectors.length; i++) {
      const value = vectors[i]!.getItem(row) as KustoValue;
      args[i] = value === null && definition.parameterTypes[i] === 'string' ? '' : value;
      anyNull ||= args[i] === null;
    }
    const result = anyNull && definition.nulls === 'propagate' ? missing : evaluated(definition, args);
    output.setItem(row, result ?? missing);
  }
  output.flush();
}
