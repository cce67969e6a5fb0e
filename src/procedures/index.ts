import { ACTIVITY } from './activity.js';
import { GEO_LOOKUPS } from './geo-lookup.js';
import { GRAPH } from './graph.js';
import { IP_LOOKUPS } from './ip-lookup.js';
import { AUTOCLUSTER } from './patterns/autocluster.js';
import { BASKET } from './patterns/basket.js';
import { DIFFERENCES } from './patterns/diff-patterns.js';
import { FUNNEL } from './funnel.js';
import { REDUCE } from './reduce.js';
import { SEQUENCE_DETECT } from './sequence-detect.js';
import type { ProcedureDefinition } from './procedure.js';
import { ROLLING_PERCENTILE } from './rolling-percentile.js';
import { ROWS } from './rows.js';
import { SCAN } from './scan.js';

export { MAX_CELLS, type ProcedureCall, type ProcedureDefinition, type Rows } from './procedure.js';

/** Every operator that runs outside of SQL, by the name that its binder gives the plan node. */
const PROCEDURES: ReadonlyMap<string, ProcedureDefinition> = new Map(
  [
    SCAN,
    ROLLING_PERCENTILE,
    ...ACTIVITY,
    ...ROWS,
    ...IP_LOOKUPS,
    ...GEO_LOOKUPS,
    ...GRAPH,
    AUTOCLUSTER,
    BASKET,
    ...DIFFERENCES,
    ...FUNNEL,
    SEQUENCE_DETECT,
    REDUCE,
  ].map((one) => [one.name, one]),
);

export function procedure(name: string): ProcedureDefinition | undefined {
  return PROCEDURES.get(name);
}
