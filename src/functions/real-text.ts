/**
 * Text of a real as tostring() gives it, and as it stands inside of dynamic values: `1.0`, `0.1`, `1e21`, `1.5e-7`,
 * `NaN`. All texts seen from the reference (0.1 + 0.2 is 0.30000000000000007, 40.764323 with an error in its last bit is
 * 40.764323000000008) are those of the Grisu2 algorithm (Loitsch 2010) in 64 bits, whose last step, towards the nearest
 * of the shortest decimals, is left out after more than eight digits of the fraction: RapidJSON prints so.
 */
export function realText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  if (Number.isSafeInteger(value)) return Object.is(value, -0) ? '-0.0' : `${value}.0`;
  const sign = value < 0 ? '-' : '';
  const { digits, exponent } = grisu(Math.abs(value));
  const point = digits.length + exponent;
  if (exponent >= 0 && point <= 21) return `${sign}${digits.padEnd(point, '0')}.0`;
  if (point > 0 && point <= 21) return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
  if (point > -6 && point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  const mantissa = digits.length > 1 ? `${digits[0]}.${digits.slice(1)}` : digits;
  return `${sign}${mantissa}e${point - 1}`;
}

/** A number as significand × 2^exponent. */
interface Scaled {
  readonly significand: bigint;
  readonly exponent: number;
}

const BITS = new DataView(new ArrayBuffer(8));
const HIDDEN_BIT = 1n << 52n;
const bitLength = (value: bigint): number => value.toString(2).length;

function parts(value: number): Scaled {
  BITS.setFloat64(0, value);
  const bits = BITS.getBigUint64(0);
  const biased = Number(bits >> 52n);
  const fraction = bits & (HIDDEN_BIT - 1n);
  return biased === 0
    ? { significand: fraction, exponent: -1074 }
    : { significand: fraction | HIDDEN_BIT, exponent: biased - 1075 };
}

/** With the highest of 64 bits set. */
function normalized({ significand, exponent }: Scaled): Scaled {
  const upper = Number(significand >> 32n);
  const shift = upper > 0 ? Math.clz32(upper) : 32 + Math.clz32(Number(significand));
  return { significand: significand << BigInt(shift), exponent: exponent - shift };
}

/** The upper 64 bits of a product, rounded. */
function product(a: Scaled, b: Scaled): Scaled {
  const whole = a.significand * b.significand;
  return { significand: (whole + (1n << 63n)) >> 64n, exponent: a.exponent + b.exponent + 64 };
}

const POWERS = new Map<number, Scaled>();

/** 10^power in 64 bits, rounded to the nearest. */
function powerOfTen(power: number): Scaled {
  const held = POWERS.get(power);
  if (held) return held;
  const ten = 10n ** BigInt(Math.abs(power));
  // Enough bits that rounding them to 64 rounds the true value.
  const wide = power >= 0 ? { significand: ten, exponent: 0 } : { significand: (1n << 2400n) / ten, exponent: -2400 };
  const excess = bitLength(wide.significand) - 64;
  const significand =
    excess > 0
      ? (wide.significand + (1n << BigInt(excess - 1))) >> BigInt(excess)
      : wide.significand << BigInt(-excess);
  const found = { significand, exponent: wide.exponent + excess };
  POWERS.set(power, found);
  return found;
}

/** The power of ten, among every eighth, that brings a number's exponent to where its digits are taken off. */
function scalingPower(exponent: number): number {
  const steps = Math.ceil((-61 - exponent) * 0.30102999566398114 + 347);
  return -348 + 8 * ((steps >> 3) + 1);
}

/** From this many digits of the fraction on, the last one is not moved towards the value. */
const UNROUNDED = 9;

/** digits × 10^exponent. */
interface Decimal {
  readonly digits: string;
  readonly exponent: number;
}

function grisu(value: number): Decimal {
  const exact = parts(value);
  const upper = normalized({ significand: 2n * exact.significand + 1n, exponent: exact.exponent - 1 });
  const isPower = exact.significand === HIDDEN_BIT;
  const lower = isPower ? 4n * exact.significand - 1n : 2n * exact.significand - 1n;
  const lowerShift = exact.exponent - (isPower ? 2 : 1) - upper.exponent;
  const power = scalingPower(upper.exponent);
  const scale = powerOfTen(power);
  const high = product(upper, scale).significand - 1n;
  const low = product({ significand: lower << BigInt(lowerShift), exponent: upper.exponent }, scale).significand + 1n;
  const shift = BigInt(-(upper.exponent + scale.exponent + 64));
  const width = high - low;
  const distance = high - product(normalized(exact), scale).significand;
  return takenOff(high, width, distance, shift, -power);
}

/** Digits of `high` (fixed point: so many bits of fraction) up to where what is left lies within the width. */
function takenOff(high: bigint, width: bigint, distance: bigint, shift: bigint, exponent: number): Decimal {
  const whole = (high >> shift).toString();
  for (let left = whole.length - 1; left >= 0; left--) {
    const unit = (10n ** BigInt(left)) << shift;
    const rest = high % unit;
    if (rest > width) continue;
    const digits = whole.slice(0, whole.length - left);
    return { digits: towards(digits, rest, width, unit, distance), exponent: exponent + left };
  }
  const unit = 1n << shift;
  let digits = whole;
  let rest = high & (unit - 1n);
  let places = 0;
  let scale = 1n;
  do {
    rest *= 10n;
    scale *= 10n;
    digits += (rest >> shift).toString();
    rest &= unit - 1n;
    places++;
  } while (rest >= width * scale);
  if (places < UNROUNDED) digits = towards(digits, rest, width * scale, unit, distance * scale);
  return { digits: digits.replace(/^0+/, ''), exponent: exponent - places };
}

/** Lowers the last digit as long as that brings the decimal nearer to the value and keeps it within the width. */
function towards(digits: string, from: bigint, width: bigint, unit: bigint, distance: bigint): string {
  let last = Number(digits.at(-1));
  let rest = from;
  while (
    rest < distance &&
    width - rest >= unit &&
    (rest + unit < distance || distance - rest > rest + unit - distance)
  ) {
    last--;
    rest += unit;
  }
  return digits.slice(0, -1) + String(last);
}
