import { UNIX_EPOCH_TICKS, type KustoType } from '../../values/index.js';

/** SQL for a TIMESTAMP (microseconds, UTC) of datetime ticks. `//` rounds down, so the whole range of years works. */
export function timestampOf(ticks: string): string {
  return `make_timestamp((${ticks} - ${UNIX_EPOCH_TICKS}) // 10)`;
}

/** SQL for a text that leaves the engine. The driver's decoder takes a byte order mark off its front: it gets one more to take. */
export function decodable(text: string): string {
  return `if(starts_with(CAST(${text} AS VARCHAR), chr(65279)), chr(65279) || ${text}, CAST(${text} AS VARCHAR))`;
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
      return `strftime(${timestampOf(column)}, '%Y-%m-%dT%H:%M:%S.%f') || CAST(${column} % 10 AS VARCHAR) || 'Z'`;
    case 'timespan':
      return timespanText(column);
  }
}

/** `[-][d.]hh:mm:ss[.fffffff]`: the time of day is what a TIMESTAMP prints, the fraction is added. */
function timespanText(column: string): string {
  const ticks = `abs(${column})`;
  // The lowest BIGINT has no positive counterpart.
  return `CASE WHEN ${column} = -9223372036854775808 THEN '-10675199.02:48:05.4775808' WHEN ${column} IS NULL THEN NULL ELSE
    concat(if(${column} < 0, '-', ''), if(${ticks} >= 864000000000, concat(${ticks} // 864000000000, '.'), ''),
    strftime(make_timestamp(${ticks} % 864000000000 // 10), '%H:%M:%S'),
    if(${ticks} % 10000000 = 0, '', concat('.', lpad(CAST(${ticks} % 10000000 AS VARCHAR), 7, '0')))) END`;
}
