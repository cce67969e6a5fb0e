import { sql, type Sql } from '../../../tree.js';
import { isCheap } from '../once.js';

/**
 * Sums and products of integers, which wrap around in the reference engine. A whole expression of `+`, `-` and `*` is
 * computed as plain SQL, and once more in wider numbers only in the rows where that overflows; each leaf stands twice in
 * the text, however deep the expression is.
 */
interface Ring {
  /** Without a guard: fails where a number on the way does not fit. */
  readonly plain: Sql;
  /** As HUGEINT, not wrapped yet. */
  readonly wide: Sql;
  /** Bits that `wide` may need, its sign aside. */
  readonly bits: number;
  /** Every leaf may be written twice. */
  readonly isCheap: boolean;
}

type Operator = '+' | '-' | '*';

/** By the SQL that was made of them, so that an operator around it continues the expression. */
const rings = new WeakMap<Sql, Ring>();

const leaf = (held: Sql): Ring => ({
  plain: held,
  wide: sql`CAST(${held} AS HUGEINT)`,
  bits: 63,
  isCheap: isCheap(held),
});

const HUGE_BITS = 126;

/** A ring whose wide form is a long again. */
const wrapped = (ring: Ring): Ring =>
  ring.bits <= 63 ? ring : { ...ring, wide: sql`CAST(kql_wrap_bits(${ring.wide}) AS HUGEINT)`, bits: 63 };

function combined(operator: Operator, a: Ring, b: Ring): Ring {
  const bits = operator === '*' ? a.bits + b.bits : Math.max(a.bits, b.bits) + 1;
  if (bits > HUGE_BITS) return combined(operator, wrapped(a), wrapped(b));
  const apply = (x: Sql, y: Sql): Sql =>
    operator === '+' ? sql`(${x} + ${y})` : operator === '-' ? sql`(${x} - ${y})` : sql`(${x} * ${y})`;
  return {
    plain: apply(a.plain, b.plain),
    wide: apply(a.wide, b.wide),
    bits,
    isCheap: a.isCheap && b.isCheap,
  };
}

/** `a operator b` over longs (BIGINT). */
export function longArithmetic(operator: Operator, a: Sql, b: Sql): Sql {
  const ring = combined(operator, rings.get(a) ?? leaf(a), rings.get(b) ?? leaf(b));
  const exact = sql`kql_wrap_bits(${ring.wide})`;
  const held = ring.isCheap ? sql`coalesce(try(${ring.plain}), ${exact})` : exact;
  rings.set(held, ring);
  return held;
}

/** `a operator b` over ints (INTEGER): two of them fit a long, whatever the operator. */
export function intArithmetic(operator: Operator, a: Sql, b: Sql): Sql {
  const [x, y] = [sql`CAST(${a} AS BIGINT)`, sql`CAST(${b} AS BIGINT)`];
  const result = operator === '+' ? sql`${x} + ${y}` : operator === '-' ? sql`${x} - ${y}` : sql`${x} * ${y}`;
  return sql`CAST(kql_wrap32(${result}) AS INTEGER)`;
}
