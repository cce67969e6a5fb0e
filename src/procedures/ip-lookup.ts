import { comparable, maskedIpv4, maskedIpv6, parseIpv4, parseIpv6 } from '../functions/ip-address.js';
import type { KustoValue } from '../values/index.js';
import { Pace } from './pace.js';
import { RowBuilder, type ProcedureDefinition } from './procedure.js';

interface Range {
  /** Bits of the prefix. */
  readonly prefix: number;
  readonly network: bigint;
}

interface Family {
  readonly bits: number;
  parse(text: string): Range | undefined;
  masked(address: bigint, prefix: number): bigint;
}

const V4: Family = {
  bits: 32,
  parse(text) {
    const parsed = parseIpv4(text);
    return parsed && { prefix: parsed.prefix, network: BigInt(maskedIpv4(parsed.address, parsed.prefix)) };
  },
  masked: (address, prefix) => BigInt(maskedIpv4(Number(address), prefix)),
};

const V6: Family = {
  bits: 128,
  parse(text) {
    const parsed = parseIpv6(text);
    return parsed && { prefix: parsed.prefix, network: maskedIpv6(comparable(parsed), parsed.prefix) };
  },
  masked: maskedIpv6,
};

/**
 * Rows `address, extra keys…, columns…`; the third input is the lookup table, of the same shape: `network, extra keys…,
 * columns…`. An address matches a network when they agree in the bits of the shorter prefix.
 * `args`: number of extra keys, and whether rows without a match stay.
 */
const lookup = (name: string, family: Family): ProcedureDefinition => ({
  name,
  async run({ inputs: [source, constants, table], args, columns, signal }) {
    const extra = args.extraKeys as number;
    const unmatched = constants!.cells[0]?.[0] === true;
    // Rows of the lookup table by prefix length, then by network and keys.
    const networks = new Map<number, Map<string, number[]>>();
    const keyOf = (cells: readonly (readonly KustoValue[])[], r: number, address: bigint): string =>
      [address, ...cells.slice(1, 1 + extra).map((cell) => cell[r]!)].map(String).join('\0');
    for (let r = 0; r < table!.rowCount; r++) {
      const range = family.parse(String(table!.cells[0]![r] ?? ''));
      if (!range) continue;
      let byKey = networks.get(range.prefix);
      if (!byKey) networks.set(range.prefix, (byKey = new Map<string, number[]>()));
      const key = keyOf(table!.cells, r, range.network);
      collect(byKey, key, r);
    }
    // Networks inside of a source that is a network itself: the source's prefix is the shorter one.
    const shorter = new Map<number, Map<string, number[]>>();
    const shortened = (prefix: number): Map<string, number[]> => {
      let held = shorter.get(prefix);
      if (held) return held;
      shorter.set(prefix, (held = new Map<string, number[]>()));
      for (let r = 0; r < table!.rowCount; r++) {
        const range = family.parse(String(table!.cells[0]![r] ?? ''));
        if (!range || range.prefix <= prefix) continue;
        const key = keyOf(table!.cells, r, family.masked(range.network, prefix));
        collect(held, key, r);
      }
      return held;
    };
    const pace = new Pace(signal, `${name}()`, Infinity);
    const output = new RowBuilder(columns);
    for (let r = 0; r < source!.rowCount; r++) {
      if (pace.isTired(20 * networks.size)) await pace.rest();
      const own = source!.cells.slice(1 + extra).map((cells) => cells[r]!);
      const range = family.parse(String(source!.cells[0]![r] ?? ''));
      const found: number[] = [];
      if (range) {
        for (const [prefix, byKey] of networks) {
          if (prefix > range.prefix) continue;
          for (const row of byKey.get(keyOf(source!.cells, r, family.masked(range.network, prefix))) ?? [])
            found.push(row);
        }
        if (range.prefix < family.bits) {
          for (const row of shortened(range.prefix).get(keyOf(source!.cells, r, range.network)) ?? []) found.push(row);
        }
      }
      for (const match of found.sort((a, b) => a - b)) {
        output.add([...own, ...table!.cells.slice(1 + extra).map((cells) => cells[match]!)]);
      }
      if (found.length === 0 && unmatched) output.add(own);
    }
    return output.build();
  },
});

function collect(rows: Map<string, number[]>, key: string, row: number): void {
  const held = rows.get(key);
  if (held) held.push(row);
  else rows.set(key, [row]);
}

export const IP_LOOKUPS: readonly ProcedureDefinition[] = [lookup('ipv4_lookup', V4), lookup('ipv6_lookup', V6)];
