import { KustoError } from '../errors/index.js';
import { parseDatetime, parseTimespan } from '../values/index.js';

/**
 * The request properties that the reference documents, with their types. In memory: bool is boolean, int and long
 * are number, string is string, timespan and datetime are ticks (bigint), dynamic is the JSON value, a literal is
 * KQL text. Unknown names are ignored, as the reference does: clients send newer ones.
 */
const OPTION_TYPES = {
  best_effort: 'bool',
  client_max_redirect_count: 'long',
  client_results_reader_allow_varying_row_widths: 'bool',
  deferpartialqueryfailures: 'bool',
  materialized_view_shuffle_query: 'dynamic',
  max_memory_consumption_per_query_per_node: 'long',
  maxmemoryconsumptionperiterator: 'long',
  maxoutputcolumns: 'long',
  norequesttimeout: 'bool',
  notruncation: 'bool',
  push_selection_through_aggregation: 'bool',
  query_bin_auto_at: 'literal',
  query_bin_auto_size: 'literal',
  query_cursor_after_default: 'string',
  query_cursor_before_or_at_default: 'string',
  query_cursor_current: 'string',
  query_cursor_disabled: 'bool',
  query_cursor_scoped_tables: 'dynamic',
  query_datascope: 'string',
  query_datetimescope_column: 'string',
  query_datetimescope_from: 'datetime',
  query_datetimescope_to: 'datetime',
  query_distribution_nodes_span: 'int',
  query_fanout_nodes_percent: 'int',
  query_fanout_threads_percent: 'int',
  query_force_row_level_security: 'bool',
  query_language: 'string',
  query_log_query_parameters: 'bool',
  query_max_entities_in_union: 'long',
  query_now: 'datetime',
  query_optimize_fts_at_relop: 'bool',
  query_python_debug: 'literal',
  query_results_apply_getschema: 'bool',
  query_results_cache_force_refresh: 'bool',
  query_results_cache_max_age: 'timespan',
  query_results_cache_per_shard: 'bool',
  query_results_progressive_row_count: 'long',
  query_results_progressive_update_period: 'timespan',
  query_take_max_records: 'long',
  query_weakconsistency_session_id: 'string',
  queryconsistency: 'string',
  request_app_name: 'string',
  request_block_row_level_security: 'bool',
  request_callout_disabled: 'bool',
  request_description: 'string',
  request_external_data_disabled: 'bool',
  request_external_table_disabled: 'bool',
  request_impersonation_disabled: 'bool',
  request_readonly: 'bool',
  request_readonly_hardline: 'bool',
  request_remote_entities_disabled: 'bool',
  request_sandboxed_execution_disabled: 'bool',
  request_user: 'string',
  results_error_reporting_placement: 'placement',
  results_progressive_enabled: 'bool',
  results_v2_fragment_primary_tables: 'bool',
  results_v2_newlines_between_frames: 'bool',
  servertimeout: 'timespan',
  truncationmaxrecords: 'long',
  truncationmaxsize: 'long',
  validatepermissions: 'bool',
} as const;

type OptionType = (typeof OPTION_TYPES)[keyof typeof OPTION_TYPES];

export type ErrorPlacement = 'in_data' | 'end_of_table' | 'end_of_dataset';

/** Reads a value as the option's type; undefined when it is none. */
const READERS: Readonly<Record<OptionType, (value: unknown) => unknown>> = {
  bool: (v) => {
    if (typeof v === 'boolean') return v;
    const text = String(v).toLowerCase();
    return text === 'true' || text === '1' ? true : text === 'false' || text === '0' ? false : undefined;
  },
  int: integer,
  long: integer,
  string: (v) => (typeof v === 'string' ? v : typeof v === 'number' || typeof v === 'boolean' ? String(v) : undefined),
  timespan: (v) => (typeof v === 'string' ? parseTimespan(v) : undefined),
  datetime: (v) => (typeof v === 'string' ? parseDatetime(v.replace(/^datetime\((.*)\)$/, '$1')) : undefined),
  dynamic: (v) => v,
  literal: (v) => (typeof v === 'object' ? undefined : String(v)),
  placement: (v) => ((['in_data', 'end_of_table', 'end_of_dataset'] as unknown[]).includes(v) ? v : undefined),
};

function integer(v: unknown): number | undefined {
  const number = typeof v === 'string' && /^-?\d+$/.test(v) ? Number(v) : v;
  return typeof number === 'number' && Number.isInteger(number) ? number : undefined;
}

const isOption = (name: string): name is keyof typeof OPTION_TYPES => Object.hasOwn(OPTION_TYPES, name);

/** The known options of a request, by type. Throws General_BadRequest for a value that is not of the option's type. */
export function decodeOptions(raw: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const options: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(raw)) {
    if (!isOption(name) || value === undefined || value === null) continue;
    const type = OPTION_TYPES[name];
    const read = READERS[type](value);
    if (read === undefined) {
      const kind = type === 'placement' ? `one of 'in_data', 'end_of_table', 'end_of_dataset'` : `a ${type}`;
      throw new KustoError('General_BadRequest', `The request property '${name}' must be ${kind}`);
    }
    options[name] = read;
  }
  return options;
}
