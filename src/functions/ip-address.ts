/** Addresses as numbers, from text with an optional prefix length (`10.0.0.1/8`). */

export interface Ipv4 {
  /** As written, 0 to 2^32 - 1. */
  readonly address: number;
  /** Bits of the prefix, 32 when none is written. */
  readonly prefix: number;
}

export interface Ipv6 {
  readonly address: bigint;
  /** Bits of the prefix, 128 when none is written; of an IPv4 address 96 more than written. */
  readonly prefix: number;
  /** Written as `::1.2.3.4`. */
  readonly compatible: boolean;
}

const IPV4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\/(\d{1,2}))?$/;

export function parseIpv4(text: string): Ipv4 | undefined {
  const match = IPV4.exec(text);
  if (!match) return undefined;
  let address = 0;
  for (let i = 1; i <= 4; i++) {
    const octet = Number(match[i]);
    if (octet > 255) return undefined;
    address = address * 256 + octet;
  }
  const prefix = Number(match[5] ?? 32);
  return prefix > 32 ? undefined : { address, prefix };
}

/** The address without the bits behind the prefix. */
export function maskedIpv4(address: number, prefix: number): number {
  const size = 2 ** (32 - prefix);
  return address - (address % size);
}

export const ipv4Text = (address: number): string =>
  [address >>> 24, (address >>> 16) & 255, (address >>> 8) & 255, address & 255].join('.');

const MAPPED = 0xffffn << 32n;

export function parseIpv6(text: string): Ipv6 | undefined {
  if (!text.includes(':')) {
    const ipv4 = parseIpv4(text);
    return ipv4 && { address: MAPPED | BigInt(ipv4.address), prefix: ipv4.prefix + 96, compatible: false };
  }
  const [groups, prefixText, ...more] = text.split('/');
  if (more.length > 0 || (prefixText !== undefined && !/^\d{1,3}$/.test(prefixText))) return undefined;
  const dotted = /(?<=:)\d+\.\d+\.\d+\.\d+$/.exec(groups!)?.[0];
  const tail = dotted === undefined ? undefined : parseIpv4(dotted);
  if (dotted !== undefined && !tail) return undefined;
  const hex = tail
    ? `${groups!.slice(0, -dotted!.length)}${(tail.address >>> 16).toString(16)}:${(tail.address & 0xffff).toString(16)}`
    : groups!;
  const address = addressOf(hex);
  const prefix = prefixText === undefined ? 128 : Number(prefixText) + (tail ? 96 : 0);
  if (address === undefined || prefix > 128) return undefined;
  return { address, prefix, compatible: tail !== undefined && address >> 32n === 0n };
}

/** 128 bits of up to eight groups, `::` standing for the zeros that are missing. */
function addressOf(text: string): bigint | undefined {
  const [head, tail, ...more] = text.split('::').map((half) => (half === '' ? [] : half.split(':')));
  if (!head || more.length > 0) return undefined;
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (tail ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...new Array<string>(missing).fill('0'), ...(tail ?? [])];
  if (!groups.every((group) => /^[\da-f]{1,4}$/i.test(group))) return undefined;
  return BigInt(`0x${groups.map((group) => group.padStart(4, '0')).join('')}`);
}

export function maskedIpv6(address: bigint, prefix: number): bigint {
  const rest = BigInt(128 - prefix);
  return (address >> rest) << rest;
}

/** Eight groups of four digits. */
export const ipv6Text = (address: bigint): string => address.toString(16).padStart(32, '0').match(/.{4}/g)!.join(':');

/** An IPv4-compatible address as the IPv4 address that it stands for, for comparisons. */
export const comparable = ({ address, compatible }: Ipv6): bigint => (compatible ? MAPPED | address : address);
