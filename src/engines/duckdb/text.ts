import { UNIX_EPOCH_TICKS, type KustoType } from '../../values/index.js';

/** SQL for a TIMESTAMP (microseconds, UTC) of datetime ticks. `//` rounds down, so the whole range of years works. */
export function timestampOf(ticks: string): string {
  return `make_timestamp((${ticks} - ${UNIX_EPOCH_TICKS}) // 10)`;
}

/** SQL for a column's text as Kusto writes it to CSV; NULL stays NULL. */
export function textOf(column: string, type: KustoType): string {
  switch (type) {
    case 'string':
    case 'dynamic':
      return column;
    case 'bool':
    case 'int':
    case 'long':
    case 'guid':
      return `CAST(${column} AS VARCHAR)`;
    case 'real':
      return `CASE WHEN isnan(${column}) THEN 'NaN' WHEN isinf(${column}) THEN if(${column} > 0, 'Infinity', '-Infinity')
        ELSE upper(CAST(${column} AS VARCHAR)) END`;
    case 'decimal':
      return `rtrim(rtrim(CAST(CAST(${column} AS DECIMAL(38,18)) AS VARCHAR), '0'), '.')`;
    case 'datetime':
      return `strftime(${timestampOf(column)}, '%Y-%m-%dT%H:%M:%S.%f') || (${column} % 10) || 'Z'`;
    case 'timespan':
      return timespanText(column);
  }
}

/** `[-][d.]hh:mm:ss[.fffffff]`: the time of day is what a TIMESTAMP prints, its seventh digit is added. */
function timespanText(column: string): string {
  // The lowest BIGINT has no positive counterpart.
  const ticks = `abs(CAST(${column} AS HUGEINT))`;
  return `concat(if(${column} < 0, '-', ''),
    if(${ticks} >= 864000000000, (${ticks} // 864000000000) || '.', ''),
    strftime(make_timestamp(CAST(${ticks} % 864000000000 // 10 AS BIGINT)), '%H:%M:%S'),
    if(${ticks} % 10000000 = 0, '', '.' || lpad(CAST(${ticks} % 10000000 AS VARCHAR), 7, '0'))) || if(${column} IS NULL, NULL, '')`;
}
