import { describe, expect, test } from 'vitest';
import { scalarFunction } from './index.js';
import type { KustoType, KustoValue } from '../values/index.js';

function call(name: string, ...args: readonly KustoValue[]): KustoValue {
  const types = args.map((arg): KustoType =>
    typeof arg === 'bigint' ? 'long' : typeof arg === 'string' && arg.startsWith('[') ? 'dynamic' : 'string',
  );
  return scalarFunction(name)!.evaluate(args, { argumentTypes: types, type: 'dynamic' });
}

describe('IPv4', () => {
  test.each(['1.2.3', '1.2.3.4.5', '256.0.0.1', '1.2.3.4/33', '1.2.3.4/', 'a.b.c.d', '', ' 1.2.3.4', '1.2.3.-4'])(
    '%j is no address',
    (text) => {
      expect(call('parse_ipv4', text)).toBeNull();
      expect(call('ipv4_compare', text, '1.2.3.4')).toBeNull();
      expect(call('format_ipv4', text)).toBe('');
    },
  );

  test('the shortest of the prefixes counts', () => {
    expect(call('parse_ipv4_mask', '10.20.30.40/8', 24n)).toBe(BigInt(10 * 2 ** 24));
    expect(call('parse_ipv4', '255.255.255.255/0')).toBe(0n);
    expect(call('ipv4_compare', '10.0.0.1', '10.0.0.2', 30n)).toBe(0n);
    expect(call('ipv4_compare', '10.0.0.1', '10.0.0.2')).toBe(-1n);
    expect(call('ipv4_compare', '200.0.0.1', '10.0.0.2')).toBe(1n);
    expect(call('ipv4_is_match', '10.0.0.1', '10.0.0.2', 33n)).toBeNull();
  });

  test('numbers are addresses in 32 bits', () => {
    expect(call('format_ipv4', 3232235777n)).toBe('192.168.1.1');
    expect(call('format_ipv4_mask', 3232235777n, 16n)).toBe('192.168.0.0/16');
    expect(call('format_ipv4', 4294967296n)).toBe('');
  });

  test('private networks end where they end', () => {
    expect(
      ['172.15.255.255', '172.16.0.0', '172.31.255.255', '172.32.0.0'].map((ip) => call('ipv4_is_private', ip)),
    ).toEqual([false, true, true, false]);
  });

  test('a broken range is null only when no other range holds the address', () => {
    expect(call('ipv4_is_in_any_range', '10.1.1.1', '["x","10.0.0.0/8"]')).toBe(true);
    expect(call('ipv4_is_in_any_range', '11.1.1.1', '["x","10.0.0.0/8"]')).toBeNull();
    expect(call('ipv4_is_in_any_range', '11.1.1.1', '10.0.0.0/8', '12.0.0.0/8')).toBe(false);
  });

  test('a range is as few networks as can be', () => {
    expect(call('ipv4_range_to_cidr_list', '0.0.0.0', '255.255.255.255')).toBe('["0.0.0.0/0"]');
    expect(call('ipv4_range_to_cidr_list', '10.0.0.1', '10.0.0.6')).toBe(
      '["10.0.0.1/32","10.0.0.2/31","10.0.0.4/31","10.0.0.6/32"]',
    );
    expect(call('ipv4_range_to_cidr_list', '10.0.0.2', '10.0.0.1')).toBe('[]');
  });
});

describe('IPv6', () => {
  test.each([
    ['::', '0000:0000:0000:0000:0000:0000:0000:0000'],
    ['1::8', '0001:0000:0000:0000:0000:0000:0000:0008'],
    ['1:2:3:4:5:6:7::', '0001:0002:0003:0004:0005:0006:0007:0000'],
    ['::FFFF:1.2.3.4', '0000:0000:0000:0000:0000:ffff:0102:0304'],
    ['fe80::1/10', 'fe80:0000:0000:0000:0000:0000:0000:0000'],
  ])('%s', (text, canonical) => expect(call('parse_ipv6', text)).toBe(canonical));

  test.each([
    '1:2:3',
    '1::2::3',
    '1:2:3:4:5:6:7:8:9',
    '12345::',
    'g::',
    '::1/129',
    '::1/x',
    '1.2.3.4:',
    '::1.2.3.256',
    ':',
  ])('%j is no address', (text) => {
    expect(call('parse_ipv6', text)).toBe('');
    expect(call('ipv6_compare', text, '::1')).toBeNull();
  });
});

describe('addresses inside of text', () => {
  test.each([
    ['has_ipv4', 'from 10.0.0.1, ok', '10.0.0.1', true],
    ['has_ipv4', 'from 10.0.0.12', '10.0.0.1', false],
    ['has_ipv4', 'x10.0.0.1', '10.0.0.1', false],
    ['has_ipv4', '[10.0.0.1]:80', '10.0.0.1', true],
    ['has_ipv4', '10.0.0.1', '10.0.0.', false],
    ['has_ipv4_prefix', '10.0.0.1', '10.0.0.', true],
    ['has_ipv4_prefix', '10.0.0.1', '10.0', false],
    ['has_ipv4_prefix', '10.0.0.1', '0.0.', false],
    ['has_any_ipv4', '10.0.0.1', '["1.1.1.1","10.0.0.1"]', true],
    ['has_any_ipv4_prefix', '10.0.0.1', '["1.","2."]', false],
  ] as const)('%s(%j, %j)', (name, source, wanted, expected) => expect(call(name, source, wanted)).toBe(expected));
});
