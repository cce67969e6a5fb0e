import { literal, use, type Call, type Column, type Relation } from '../plan/index.js';
import { setting, type Settings } from './settings.js';

const NOWHERE = { start: 0, end: 0 };
const BOUNDS = [
  ['query_datetimescope_from', '>='],
  ['query_datetimescope_to', '<='],
] as const;

/** The rows of a table within the request's time scope, where the table has the scope's column as a datetime. */
export function timeWindow(input: Relation, columns: readonly Column[], settings: Settings): Relation {
  const name = setting<string>(settings, 'query_datetimescope_column', 'string');
  const column = columns.find((candidate) => candidate.name === name && candidate.type === 'datetime');
  if (!column) return input;
  return BOUNDS.reduce<Relation>((rows, [option, comparison]) => {
    const bound = setting<bigint>(settings, option, 'datetime');
    if (bound === undefined) return rows;
    const args = [use(column), literal('datetime', bound)];
    const predicate: Call = { kind: 'call', name: comparison, args, type: 'bool', span: NOWHERE };
    return { kind: 'filter', input: rows, predicate, columns: rows.columns };
  }, input);
}
