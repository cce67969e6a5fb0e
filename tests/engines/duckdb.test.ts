import { columnName, EXTENT_COLUMN, tableName } from '../../src/sql/dialects/duckdb/layout.js';
import { openDuckDb } from '../../src/engines/duckdb/open.js';
import { engineSuite } from './engine-suite.js';

engineSuite('DuckDB', {
  async open(folder) {
    const engine = await openDuckDb({ data: folder });
    return { engine, persistence: engine.persistence };
  },
  scan: (tableId, columns) =>
    `SELECT ${[...columns.map((column) => columnName(column.id)), EXTENT_COLUMN].join(', ')} FROM ${tableName(tableId)} ORDER BY rowid`,
  numbers: (n) => `SELECT range AS n FROM range(${n})`,
  endless: 'SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE (a.range * 31 + b.range) % 7 = 1',
  failsLate: "SELECT if(range < 999999, range, CAST('x' || range AS BIGINT)) FROM range(1000000)",
});
