import type { KustoType, KustoValue } from '../values/index.js';
import {
  comparable,
  ipv4Text,
  ipv6Text,
  maskedIpv4,
  maskedIpv6,
  parseIpv4,
  parseIpv6,
  type Ipv6,
} from './ip-address.js';
import { lastValue } from './last-value.js';
import { isArray, parseJson, writeJson } from './json.js';
import type { FunctionCall, ScalarFunction } from './scalar-function.js';

/** IPv4 and IPv6 addresses: parsing, comparing, ranges. */

/** A prefix length given as an argument; undefined when it is none of 0 to `most`. */
function prefixOf(arg: KustoValue | undefined, most: number): number | undefined {
  if (arg === undefined) return most;
  const prefix = Number(arg);
  return arg === null || prefix < 0 || prefix > most ? undefined : prefix;
}

type Compare = (a: string, b: string, prefix: KustoValue | undefined) => -1 | 0 | 1 | null;

const order = (a: number | bigint, b: number | bigint): -1 | 0 | 1 => (a < b ? -1 : a > b ? 1 : 0);

function ipv4Compare(): Compare {
  const [first, second] = [lastValue(parseIpv4), lastValue(parseIpv4)];
  return (a, b, given) => {
    const [x, y, prefix] = [first(a), second(b), prefixOf(given, 32)];
    if (!x || !y || prefix === undefined) return null;
    const bits = Math.min(x.prefix, y.prefix, prefix);
    return order(maskedIpv4(x.address, bits), maskedIpv4(y.address, bits));
  };
}

function ipv6Compare(): Compare {
  const [first, second] = [lastValue(parseIpv6), lastValue(parseIpv6)];
  return (a, b, given) => {
    const [x, y, prefix] = [first(a), second(b), prefixOf(given, 128)];
    if (!x || !y || prefix === undefined) return null;
    const bits = Math.min(x.prefix, y.prefix, prefix);
    const of = (address: Ipv6) => maskedIpv6(comparable(address), bits);
    return order(of(x), of(y));
  };
}

const compare = (name: string, doc: string, make: () => Compare): ScalarFunction => {
  const compareTexts = make();
  return {
    name,
    nulls: 'propagate',
    doc,
    evaluate: ([a, b, prefix]) => {
      const result = compareTexts(a as string, b as string, prefix);
      return result === null ? null : BigInt(result);
    },
  };
};

const match = (name: string, doc: string, make: () => Compare): ScalarFunction => {
  const compareTexts = make();
  return {
    name,
    nulls: 'propagate',
    doc,
    evaluate: ([a, b, prefix]) => {
      const result = compareTexts(a as string, b as string, prefix);
      return result === null ? null : result === 0;
    },
  };
};

/** Texts given as arguments of their own, or as an array. */
export function textsOf(args: readonly KustoValue[], types: readonly KustoType[]): string[] {
  return args.flatMap((arg, i): string[] => {
    if (types[i] !== 'dynamic') return [arg as string];
    const held = arg === null ? undefined : parseJson(arg as string);
    return (isArray(held) ? held : [held]).map((element) => (typeof element === 'string' ? element : ''));
  });
}

/** True in any range, null when the address or a range is none and no other range holds it. */
const inAnyRange = (name: string, doc: string, make: () => Compare): ScalarFunction => {
  const compareTexts = make();
  return {
    name,
    nulls: 'propagate',
    doc,
    evaluate: ([address, ...ranges], { argumentTypes }) => {
      const results = textsOf(ranges, argumentTypes.slice(1)).map((range) =>
        compareTexts(address as string, range, undefined),
      );
      return results.includes(0) ? true : results.includes(null) ? null : false;
    },
  };
};

/** An address as text or number with a prefix as text; undefined when it is none. */
function ipv4Of(
  [value, given]: readonly KustoValue[],
  { argumentTypes }: FunctionCall,
): { address: number; prefix: number } | undefined {
  const prefix = prefixOf(given, 32);
  if (prefix === undefined || value === null) return undefined;
  if (argumentTypes[0] === 'string') {
    const parsed = parseIpv4(value as string);
    const bits = parsed && Math.min(parsed.prefix, prefix);
    return parsed && { address: maskedIpv4(parsed.address, bits!), prefix: bits! };
  }
  const address = Number(value);
  if (!Number.isInteger(address) || address < 0 || address >= 2 ** 32) return undefined;
  return { address: maskedIpv4(address, prefix), prefix };
}

/** The fewest networks that hold the addresses from one to another. */
function networks(from: number, to: number): string[] {
  const found: string[] = [];
  for (let start = from; start <= to;) {
    let size = 1;
    while (size < 2 ** 32 && start % (size * 2) === 0 && start + size * 2 - 1 <= to) size *= 2;
    found.push(`${ipv4Text(start)}/${32 - Math.log2(size)}`);
    start += size;
  }
  return found;
}

const PRIVATE_NETWORKS = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'].map((text) => parseIpv4(text)!);

const parseV4: ScalarFunction['evaluate'] = (args, call) => {
  const ip = ipv4Of(args, call);
  return ip ? BigInt(ip.address) : null;
};

const parseV6: ScalarFunction['evaluate'] = ([text, given]) => {
  const ip = parseIpv6(text as string);
  const prefix = prefixOf(given, 128);
  return ip && prefix !== undefined ? ipv6Text(maskedIpv6(ip.address, Math.min(ip.prefix, prefix))) : '';
};

export const IP_FUNCTIONS: readonly ScalarFunction[] = [
  compare('ipv4_compare', 'Compares two IPv4 addresses: -1, 0 or 1.', ipv4Compare),
  compare('ipv6_compare', 'Compares two IPv6 or IPv4 addresses: -1, 0 or 1.', ipv6Compare),
  match('ipv4_is_match', 'Whether two IPv4 addresses are equal as far as their prefixes reach.', ipv4Compare),
  match('ipv6_is_match', 'Whether two IPv6 or IPv4 addresses are equal as far as their prefixes reach.', ipv6Compare),
  match('ipv4_is_in_range', 'Whether an IPv4 address is in a range.', ipv4Compare),
  match('ipv6_is_in_range', 'Whether an IPv6 address is in a range.', ipv6Compare),
  inAnyRange('ipv4_is_in_any_range', 'Whether an IPv4 address is in any of some ranges.', ipv4Compare),
  inAnyRange('ipv6_is_in_any_range', 'Whether an IPv6 address is in any of some ranges.', ipv6Compare),
  {
    name: 'ipv4_is_private',
    nulls: 'propagate',
    doc: 'Whether an IPv4 address belongs to a private network.',
    evaluate: ([text]) => {
      const ip = parseIpv4(text as string);
      if (!ip) return null;
      const address = maskedIpv4(ip.address, ip.prefix);
      return PRIVATE_NETWORKS.some((network) => maskedIpv4(address, network.prefix) === network.address);
    },
  },
  {
    name: 'ipv4_netmask_suffix',
    nulls: 'propagate',
    doc: 'Prefix length of an IPv4 address.',
    evaluate: ([text]) => {
      const ip = parseIpv4(text as string);
      return ip ? BigInt(ip.prefix) : null;
    },
  },
  {
    name: 'ipv4_range_to_cidr_list',
    nulls: 'propagate',
    doc: 'Networks that hold the addresses from one to another.',
    evaluate: ([start, end]) => {
      const [from, to] = [parseIpv4(start as string), parseIpv4(end as string)];
      return from && to ? writeJson(networks(from.address, to.address)) : null;
    },
  },
  { name: 'parse_ipv4', nulls: 'own', doc: 'An IPv4 address as a number.', evaluate: parseV4 },
  { name: 'parse_ipv4_mask', nulls: 'own', doc: 'The first bits of an IPv4 address as a number.', evaluate: parseV4 },
  { name: 'parse_ipv6', nulls: 'own', doc: 'An IPv6 or IPv4 address in canonical form.', evaluate: parseV6 },
  {
    name: 'parse_ipv6_mask',
    nulls: 'own',
    doc: 'The first bits of an address in canonical IPv6 form.',
    evaluate: parseV6,
  },
  {
    name: 'format_ipv4',
    nulls: 'own',
    doc: 'Text of an IPv4 address, without the bits behind a prefix.',
    evaluate: (args, call) => {
      const ip = ipv4Of(args, call);
      return ip ? ipv4Text(ip.address) : '';
    },
  },
  {
    name: 'format_ipv4_mask',
    nulls: 'own',
    doc: 'Text of an IPv4 network with its prefix length.',
    evaluate: (args, call) => {
      const ip = ipv4Of(args, call);
      return ip ? `${ipv4Text(ip.address)}/${ip.prefix}` : '';
    },
  },
];
