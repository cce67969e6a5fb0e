import { KustoError } from '../../errors/index.js';
import { datetimeText, timespanText } from '../../values/index.js';
import {
  BOOLEAN,
  DATETIME,
  list,
  name,
  oneOf,
  opt,
  seq,
  text,
  TIMESPAN,
  value,
  word,
  type CommandContext,
  type Rule,
} from '../framework/index.js';

/** What stands after `policy <kind>`, and the policy that it means. */
export interface Payload {
  readonly grammar: Rule<object>;
  readonly read: (args: object, context: CommandContext) => unknown;
}

function payload<A extends object>(grammar: Rule<A>, read: (args: A, context: CommandContext) => unknown): Payload {
  return { grammar, read: (args, context) => read(args as A, context) };
}

function parseJson(source: string, context: CommandContext): unknown {
  try {
    return JSON.parse(source) as unknown;
  } catch {
    const span = context.spanOf('policy');
    throw new KustoError('BadRequest_InvalidPolicy', 'The policy is not valid JSON.', span && { span });
  }
}

/** A JSON document as a string literal. */
export const json = payload(seq(text('policy')), ({ policy }, context) => parseJson(policy, context));

/** `true` or `false`. */
export const flagged = payload(seq(value('isEnabled', BOOLEAN)), ({ isEnabled }) => ({ IsEnabled: isEnabled }));

/** `enable`, `disable`, or the document. */
export const enabling = payload(
  oneOf(word('state', 'enable', 'disable'), text('policy')),
  ({ state, policy }, context) =>
    state === undefined ? parseJson(policy ?? '', context) : { IsEnabled: state === 'enable' },
);

const hotWindow = seq('hot_window =', value('from', DATETIME), '..', value('to', DATETIME));

/** `hot = 7d`, or apart for data and index, and windows of the past. */
export const caching = payload(
  seq(
    oneOf(
      seq('hot =', value('hot', TIMESPAN)),
      seq('hotdata =', value('hotData', TIMESPAN), 'hotindex =', value('hotIndex', TIMESPAN)),
    ),
    opt(opt(','), list('windows', hotWindow)),
  ),
  ({ hot, hotData, hotIndex, windows }) => ({
    DataHotSpan: { Value: timespanText(hot ?? hotData ?? 0n) },
    IndexHotSpan: { Value: timespanText(hot ?? hotIndex ?? 0n) },
    ...(windows === undefined
      ? {}
      : { HotWindows: windows.map(({ from, to }) => ({ MinValue: datetimeText(from), MaxValue: datetimeText(to) })) }),
  }),
);

/** `softdelete = 10d recoverability = enabled`, either, or the document. */
export const retention = payload(
  oneOf(
    text('policy'),
    seq(
      'softdelete =',
      value('softDelete', TIMESPAN),
      opt('recoverability =', word('recoverability', 'disabled', 'enabled')),
    ),
    seq('recoverability =', word('recoverability', 'disabled', 'enabled')),
  ),
  ({ policy, softDelete, recoverability }, context) =>
    policy !== undefined
      ? parseJson(policy, context)
      : {
          ...(softDelete === undefined ? {} : { SoftDeletePeriod: timespanText(softDelete) }),
          ...(recoverability === undefined
            ? {}
            : { Recoverability: recoverability === 'enabled' ? 'Enabled' : 'Disabled' }),
        },
);

/** `(a asc, b desc)`. */
export const rowOrder = payload(
  seq('(', list('columns', seq(name('column'), word('order', 'asc', 'desc'))), ')'),
  ({ columns }) =>
    columns.map(({ column, order }) => ({ ColumnName: column, Order: order === 'asc' ? 'Ascending' : 'Descending' })),
);
