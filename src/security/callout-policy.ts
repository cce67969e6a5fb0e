import { z } from 'zod';
import type { CatalogSnapshot } from '../catalog/catalog.js';
import { KustoError } from '../errors/index.js';
import { parsePolicyArray } from './policy-payload.js';

export const CALLOUT_POLICY = 'callout';

const TYPES = [
  'kusto',
  'sql',
  'mysql',
  'postgresql',
  'azure_digital_twins',
  'cosmosdb',
  'sandbox_artifacts',
  'external_data',
  'webapi',
  'azure_openai',
] as const;

export type CalloutType = (typeof TYPES)[number];

/** One rule, as the reference writes it. */
export interface CalloutRule {
  readonly CalloutType: string;
  readonly CalloutUriRegex: string;
  readonly CanCall: boolean;
}

/** Rules that are in force beside the cluster's own policy: `.show cluster policy callout` calls them immutable. */
export interface CalloutDefaults {
  readonly rules: readonly CalloutRule[];
}

const STORAGE_HOSTS =
  '^(https|abfss)://[a-z0-9.-]+\\.((blob|dfs)\\.(core\\.(windows\\.net|usgovcloudapi\\.net|chinacloudapi\\.cn)|storage\\.azure\\.net)' +
  '|onelake\\.fabric\\.microsoft\\.com)/|^(https|abfss)://onelake\\.(blob|dfs)\\.fabric\\.microsoft\\.com/';

const ANY_EXTERNAL_DATA: CalloutRule = { CalloutType: 'external_data', CalloutUriRegex: '.*', CanCall: true };

/** management/callout-policy.md, 'Predefined callout policies'. */
const PREDEFINED: readonly CalloutRule[] = [
  allow('kusto', '[a-z0-9]{3,22}\\.(\\w+\\.)?kusto(mfa)?\\.windows\\.net/?$'),
  allow(
    'kusto',
    '^https://[a-z0-9]{3,22}\\.[a-z0-9-]{1,50}\\.(kusto\\.azuresynapse|kustodev\\.azuresynapse-dogfood)\\.net/?$',
  ),
  allow(
    'kusto',
    '^https://([A-Za-z0-9]+\\.)?(ade|adx)\\.(int\\.|aimon\\.)?(applicationinsights|loganalytics|monitor)\\.(io|azure\\.com)/',
  ),
  allow('sql', '[a-z0-9][a-z0-9\\-]{0,61}[a-z0-9]?\\.database\\.windows\\.net/?$'),
  allow('sql', '[a-z0-9-]{0,61}?(-ondemand)?\\.sql\\.azuresynapse(-dogfood)?\\.net/?$'),
  ANY_EXTERNAL_DATA,
  allow('azure_digital_twins', '[A-Za-z0-9\\-]{3,63}\\.api\\.[A-Za-z0-9]+\\.digitaltwins\\.azure\\.net/?$'),
];

/** The operator's rules, and the predefined ones unless outbound access is restricted. */
export function calloutDefaults(config: {
  readonly callouts: readonly CalloutRule[];
  readonly restrictOutboundAccess: boolean;
}): CalloutDefaults {
  config.callouts.forEach(checkRule);
  return { rules: [...(config.restrictOutboundAccess ? [] : PREDEFINED), ...config.callouts] };
}

const payload = z.strictObject({
  callouttype: z.string('CalloutType must be given'),
  callouturiregex: z.string('CalloutUriRegex must be given'),
  cancall: z.boolean('CanCall must be given, true or false'),
});

/** The payload of `.alter` and `.alter-merge cluster policy callout`. Throws CalloutPolicy_Invalid. */
export function parseCalloutPolicy(text: string): readonly CalloutRule[] {
  const rules = parsePolicyArray(text, payload, 'CalloutPolicy_Invalid', 'callout').map((one) =>
    checkRule({ CalloutType: one.callouttype, CalloutUriRegex: one.callouturiregex, CanCall: one.cancall }),
  );
  return mergeCalloutPolicy([], rules);
}

/** A rule of the same type and expression takes the new CanCall; others are added. */
export function mergeCalloutPolicy(
  current: readonly CalloutRule[],
  change: readonly CalloutRule[],
): readonly CalloutRule[] {
  const key = (rule: CalloutRule) => `${rule.CalloutType} ${rule.CalloutUriRegex}`;
  return [...new Map([...current, ...change].map((rule) => [key(rule), rule])).values()];
}

/** The cluster's own rules; empty when the policy is not set. */
export function calloutPolicy(snapshot: CatalogSnapshot): readonly CalloutRule[] {
  return (snapshot.policy('cluster', CALLOUT_POLICY) as readonly CalloutRule[] | undefined) ?? [];
}

export interface Callout {
  readonly type: CalloutType;
  /** Address of the target, in any form that a connection string has. Never with a credential in it. */
  readonly address: string;
  /**
   * The call bears a token of an identity. The predefined rule that lets external data come from anywhere then counts
   * for the storage hosts of Azure only: a token is worth its bearer's rights to whoever receives it.
   */
  readonly bearsToken: boolean;
}

/** Allowed when a rule of the type allows the address and none denies it. */
export function isCalloutAllowed(snapshot: CatalogSnapshot, defaults: CalloutDefaults, callout: Callout): boolean {
  const place = placeOf(callout.address);
  if (!place) return false;
  const rules = [...defaults.rules, ...calloutPolicy(snapshot)]
    .filter((rule) => rule.CalloutType === callout.type)
    .map((rule) =>
      rule === ANY_EXTERNAL_DATA && callout.bearsToken ? { ...rule, CalloutUriRegex: STORAGE_HOSTS } : rule,
    );
  return (
    rules.some((rule) => rule.CanCall && allowsPlace(rule, place)) &&
    !rules.some((rule) => !rule.CanCall && deniesPlace(rule, place))
  );
}

/** Throws Callout_NotAllowed, naming the address without its query. */
export function requireCallout(snapshot: CatalogSnapshot, defaults: CalloutDefaults, callout: Callout): void {
  if (isCalloutAllowed(snapshot, defaults, callout)) return;
  const place = placeOf(callout.address);
  if (!place) {
    throw new KustoError(
      'Callout_NotAllowed',
      `The address of the ${callout.type} callout is not an absolute address.`,
    );
  }
  const regex = `^${place.origin.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}/`;
  const change = JSON.stringify([{ CalloutType: callout.type, CalloutUriRegex: regex, CanCall: true }]);
  throw new KustoError(
    'Callout_NotAllowed',
    `The callout policy does not allow ${callout.bearsToken ? 'a token to be sent to' : 'calls to'} '${place.origin}/' ` +
      `(type ${callout.type}). An AllDatabasesAdmin can allow it with: .alter-merge cluster policy callout @'${change}'`,
  );
}

interface Place {
  readonly origin: string;
  readonly path: string;
}

/** What the address really names: no user info, query or fragment that could make it look like another. */
function placeOf(address: string): Place | undefined {
  // SQL servers: tcp:host,port
  const server = /^(?:tcp:)?([^/:,\s]+)(?:,(\d+))?$/i.exec(address);
  const text = server ? `tcp://${server[1]}${server[2] && server[2] !== '1433' ? `:${server[2]}` : ''}/` : address;
  if (!URL.canParse(text)) return undefined;
  const { protocol, host, pathname } = new URL(text);
  return host === '' ? undefined : { origin: `${protocol}//${host.toLowerCase()}`, path: pathname || '/' };
}

/**
 * Many rules are not anchored at their start. A match that begins in the path does not allow: the path is in the hands
 * of whoever wrote the address, as in https://evil.example/x.database.windows.net.
 */
function allowsPlace(rule: CalloutRule, { origin, path }: Place): boolean {
  const regex = new RegExp(rule.CalloutUriRegex, 'i');
  const index = regex.exec(`${origin}${path}`)?.index ?? regex.exec(`${origin}/`)?.index;
  return index !== undefined && index < origin.length;
}

function deniesPlace(rule: CalloutRule, { origin, path }: Place): boolean {
  const regex = new RegExp(rule.CalloutUriRegex, 'i');
  return regex.test(`${origin}${path}`) || regex.test(`${origin}/`);
}

function checkRule(rule: CalloutRule): CalloutRule {
  const fault = (why: string) => new KustoError('CalloutPolicy_Invalid', `The callout policy is not valid: ${why}.`);
  const type = TYPES.find((one) => one === rule.CalloutType.trim().toLowerCase());
  if (!type) throw fault(`'${rule.CalloutType}' is no callout type; the types are ${TYPES.join(', ')}`);
  try {
    new RegExp(rule.CalloutUriRegex, 'i');
  } catch {
    throw fault(`CalloutUriRegex '${rule.CalloutUriRegex}' is not a regular expression`);
  }
  return { ...rule, CalloutType: type };
}

function allow(type: CalloutType, regex: string): CalloutRule {
  return { CalloutType: type, CalloutUriRegex: regex, CanCall: true };
}
