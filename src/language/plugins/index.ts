import type { Table } from '../context.js';
import { BAG_UNPACK_PARAMETERS, bagUnpack } from './bag-unpack.js';
import { GEO_LOOKUP_PARAMETERS, geoLookup } from './geo-lookup.js';
import { pivot } from './pivot.js';
import { diffPatterns, diffPatternsText, segments } from './patterns.js';
import type { PluginCall } from './plugin.js';
import { dcountIntersect, estimateRowsCount, ipLookup, narrow, rowsNear, schemaMerge } from './rows.js';
import { funnelSequence, funnelSequenceCompletion, sequenceDetect } from './sequences.js';
import { storageSchema } from './storage-schema.js';
import { newActivityMetrics, rollingPercentile, timelinePlugin } from './timeline.js';

export interface Plugin {
  /** Names under which arguments may be given. */
  readonly parameters?: readonly string[];
  /** `schemaAt` is where the text lacks a schema: only for plugins whose columns the data tells. */
  bind(call: PluginCall, schemaAt: number | undefined): Table;
}

export const PLUGINS: Readonly<Record<string, Plugin>> = {
  bag_unpack: { parameters: BAG_UNPACK_PARAMETERS, bind: bagUnpack },
  pivot: { bind: pivot },
  narrow: { bind: narrow },
  rows_near: { bind: rowsNear },
  schema_merge: { parameters: ['PreserveOrder'], bind: schemaMerge },
  ipv4_lookup: { parameters: ['return_unmatched'], bind: ipLookup },
  ipv6_lookup: { parameters: ['return_unmatched'], bind: ipLookup },
  geo_line_lookup: { parameters: GEO_LOOKUP_PARAMETERS, bind: geoLookup },
  geo_polygon_lookup: { parameters: GEO_LOOKUP_PARAMETERS, bind: geoLookup },
  activity_counts_metrics: { bind: timelinePlugin(3) },
  activity_metrics: { bind: timelinePlugin(3) },
  activity_engagement: { bind: timelinePlugin(4) },
  sliding_window_counts: { bind: timelinePlugin(4) },
  active_users_count: { bind: timelinePlugin(6) },
  session_count: { bind: timelinePlugin(4) },
  new_activity_metrics: { bind: newActivityMetrics },
  dcount_intersect: { bind: dcountIntersect },
  autocluster: { bind: segments },
  basket: { bind: segments },
  diffpatterns: { bind: diffPatterns },
  diffpatterns_text: { bind: diffPatternsText },
  funnel_sequence: { bind: (call) => funnelSequence(call) },
  funnel_sequence_completion: { bind: funnelSequenceCompletion },
  sequence_detect: { bind: sequenceDetect },
  estimate_rows_count: { bind: estimateRowsCount },
  identity: { bind: ({ input }) => input },
  rolling_percentile: { bind: rollingPercentile },
  infer_storage_schema: { bind: storageSchema },
  infer_storage_schema_with_suggestions: { bind: storageSchema },
};

const SERVICE = 'needs a service that is not part of this server';

/** Plugins that will not be answered, and why. */
export const REFUSED_PLUGINS: Readonly<Record<string, string>> = {
  python: 'needs a sandbox that is not part of this server',
  r: 'needs a sandbox that is not part of this server',
  csharp: 'needs a sandbox that is not part of this server',
  sql_request: SERVICE,
  mysql_request: SERVICE,
  postgresql_request: SERVICE,
  cosmosdb_sql_request: SERVICE,
  dax_request: SERVICE,
  azure_digital_twins_query_request: SERVICE,
  http_request: SERVICE,
  http_request_post: SERVICE,
  ai_embed_text: SERVICE,
  ai_embeddings: SERVICE,
  ai_chat_completion: SERVICE,
  ai_chat_completion_prompt: SERVICE,
  execute_query: 'is not documented; name the other database by database()',
  execute_show_command: 'is not documented; send the command itself',
  external_datatable: "is not documented: its data comes with a request of the vendor's own clients; use datatable",
  identity_v3: 'is a test of the reference engine itself',
};
