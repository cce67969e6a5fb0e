import type { KustoValue } from '../values/index.js';
import { parseIpv4 } from './ip-address.js';
import { textsOf } from './ip.js';
import { lastValue } from './last-value.js';
import type { ScalarFunction } from './scalar-function.js';

/** IPv4 addresses inside of text, where no letter or digit stands beside them. */

const ADDRESS = /(?<![\p{L}\p{N}])(?=(\d{1,3}(?:\.\d{1,3}){3})(?![\p{L}\p{N}]))/gu;

const addressesIn = lastValue((text: string): readonly string[] =>
  [...text.matchAll(ADDRESS)].map((match) => match[1]!).filter((address) => parseIpv4(address) !== undefined),
);

const isAddress = (text: string): boolean => !text.includes('/') && parseIpv4(text) !== undefined;

/** `127.`, `127.0.`, `127.0.0.` */
const isPrefix = (text: string): boolean =>
  /^(\d{1,3}\.){1,3}$/.test(text) && text.split('.').every((octet) => Number(octet) <= 255);

const hasAddress = (source: string, wanted: string): boolean =>
  isAddress(wanted) && addressesIn(source).includes(wanted);

const hasPrefix = (source: string, wanted: string): boolean =>
  isPrefix(wanted) ? addressesIn(source).some((address) => address.startsWith(wanted)) : hasAddress(source, wanted);

const search = (name: string, doc: string, test: (source: string, wanted: string) => boolean): ScalarFunction => ({
  name,
  nulls: 'own',
  doc,
  evaluate: ([source, ...wanted], { argumentTypes }): KustoValue =>
    textsOf(wanted, argumentTypes.slice(1)).some((one) => test((source ?? '') as string, one)),
});

export const IP_SEARCH_FUNCTIONS: readonly ScalarFunction[] = [
  search('has_ipv4', 'Whether a text holds an IPv4 address.', hasAddress),
  search('has_ipv4_prefix', 'Whether a text holds an IPv4 address that begins so.', hasPrefix),
  search('has_any_ipv4', 'Whether a text holds any of some IPv4 addresses.', hasAddress),
  search('has_any_ipv4_prefix', 'Whether a text holds an IPv4 address that begins in any of some ways.', hasPrefix),
];
