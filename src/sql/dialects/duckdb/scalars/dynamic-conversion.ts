import { scalarFunction } from '../../../../functions/index.js';
import type { KustoType } from '../../../../values/index.js';
import type { Lowering } from '../../../dialect.js';
import { sql, type Sql } from '../../../tree.js';

/** A dynamic value as a scalar of a type; what is not one is null. */
export function fromDynamic(inner: Sql, type: KustoType, lowering: Lowering): Sql {
  switch (type) {
    case 'long':
      return sql`kql_dynamic_long(${inner})`;
    case 'int':
      return sql`TRY_CAST(kql_dynamic_long(${inner}) AS INTEGER)`;
    case 'real':
      return sql`kql_dynamic_real(${inner})`;
    case 'string':
      return sql`kql_dynamic_string(${inner})`;
    case 'bool':
      return sql`TRY_CAST(kql_json_text(${inner}) AS BOOLEAN)`;
    case 'datetime':
    case 'timespan':
      return lowering.viaFunction(scalarFunction(`to${type}`)!, {
        name: `to${type}`,
        args: [{ sql: inner, type: 'dynamic', literal: undefined }],
        type,
        span: { start: 0, end: 0 },
        lowering,
      });
    case 'guid':
      return sql`TRY_CAST(kql_json_text(${inner}) AS UUID)`;
    case 'decimal':
      return sql`TRY_CAST(kql_json_text(${inner}) AS DECIMAL(38, 18))`;
    case 'dynamic':
      return inner;
  }
}
