import { KustoError, type Span } from '../errors/index.js';
import { literal, type Literal } from '../plan/index.js';
import type { KustoType, KustoValue } from '../values/index.js';
import { literalOfText } from './literal-text.js';
import type { SyntaxNode } from './parser.js';
import { spanOf, textOf } from './syntax.js';

/** Request properties and `set` statements: one namespace, by the reference's names. */
export type Settings = ReadonlyMap<string, Literal>;

/** Of these the lower value counts where they are given twice (reference: query limits). */
const LOWER_COUNTS: ReadonlySet<string> = new Set([
  'truncationmaxrecords',
  'truncationmaxsize',
  'query_take_max_records',
]);

/** What a set statement cannot change (reference: request properties). The reference passes over it, and so do we. */
const NOT_BY_SET: ReadonlySet<string> = new Set([
  'norequesttimeout',
  'queryconsistency',
  'query_language',
  'query_log_query_parameters',
  'query_weakconsistency_session_id',
  'request_app_name',
  'request_readonly',
  'request_readonly_hardline',
  'request_user',
  'results_progressive_enabled',
  'results_v2_fragment_primary_tables',
  'servertimeout',
]);

const DATETIMES: ReadonlySet<string> = new Set(['query_now', 'query_datetimescope_from', 'query_datetimescope_to']);
const LITERALS: ReadonlySet<string> = new Set(['query_bin_auto_at', 'query_bin_auto_size']);

/** The properties of a request as a `set` statement would have written them. */
export function settingsOf(options: Readonly<Record<string, unknown>>): Map<string, Literal> {
  return new Map(Object.entries(options).map(([name, value]) => [name, settingOf(name, value)]));
}

function settingOf(name: string, value: unknown): Literal {
  switch (typeof value) {
    case 'boolean':
      return literal('bool', value);
    case 'number':
      return literal('long', BigInt(value));
    case 'bigint':
      return literal(DATETIMES.has(name) ? 'datetime' : 'timespan', value);
    case 'string':
      return LITERALS.has(name) ? literalOfText(`The request property '${name}'`, value) : literal('string', value);
    default:
      return literal('dynamic', JSON.stringify(value));
  }
}

/** Takes over a `set` statement. */
export function set(settings: Map<string, Literal>, name: string, value: Literal): void {
  if (NOT_BY_SET.has(name)) return;
  const before = settings.get(name)?.value;
  if (LOWER_COUNTS.has(name) && typeof before === 'bigint' && typeof value.value === 'bigint' && before < value.value)
    return;
  settings.set(name, value);
}

/** The value of an option, undefined where it is not given. Throws SEM0001 for a value of another type. */
export function setting<T extends KustoValue>(
  settings: Settings,
  name: string,
  type: KustoType,
  span?: Span,
): T | undefined {
  const given = settings.get(name);
  if (!given || given.value === null) return undefined;
  if (given.type === type || (type === 'long' && given.type === 'int')) return given.value as T;
  throw new KustoError('SEM0001', `The option '${name}' must be a ${type}.`, span && { span });
}

/** Throws SEM0001 where one of the request properties forbids what `node` does. */
export function refuseDisabled(
  node: SyntaxNode,
  { context }: { readonly context: { readonly settings: Settings } },
  ...options: readonly string[]
): void {
  const option = options.find((name) => setting<boolean>(context.settings, name, 'bool') === true);
  if (option === undefined) return;
  throw new KustoError('SEM0001', `The request property '${option}' forbids '${textOf(node)}'.`, {
    span: spanOf(node),
  });
}
