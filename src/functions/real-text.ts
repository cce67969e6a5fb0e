/**
 * Text of a real as tostring() gives it: the shortest digits that read back as the same number, `1.0`, `0.1`, `1E+20`,
 * `1E-05`, `NaN`. Where several decimals of the shortest length do so, the reference takes the largest (seen:
 * 0.1 + 0.2 gives 0.30000000000000007), as Grisu does without its last step; JavaScript takes the nearest.
 */
export function realText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const [mantissa, exponent] = Math.abs(value).toExponential().split('e') as [string, string];
  const sign = value < 0 ? '-' : '';
  const power = Number(exponent);
  const nearest = mantissa.replace('.', '');
  // Up to 15 digits only one decimal of that length lies close enough.
  const largest = nearest.length <= 15 ? nearest : largestDigits(Math.abs(value), nearest.length, power);
  // The only decimal of the length may be the middle itself, which still reads back as an even neighbour.
  const digits = Number(`${largest}e${power - largest.length + 1}`) === Math.abs(value) ? largest : nearest;
  if (power < -5 || power >= 15) {
    const scaled = digits.length > 1 ? `${digits[0]}.${digits.slice(1)}` : digits;
    return `${sign}${scaled}E${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  }
  if (power < 0) return `${sign}0.${'0'.repeat(-power - 1)}${digits}`;
  const whole = digits.padEnd(power + 1, '0').slice(0, power + 1);
  return `${sign}${whole}.${digits.slice(power + 1) || '0'}`;
}

const BITS = new DataView(new ArrayBuffer(8));

/** The largest decimal of so many digits below the middle between `value` and the next larger double. */
function largestDigits(value: number, length: number, power: number): string {
  BITS.setFloat64(0, value);
  const bits = BITS.getBigUint64(0);
  const raw = Number(bits >> 52n);
  const fraction = bits & 0xfffffffffffffn;
  const significand = raw === 0 ? fraction : fraction | (1n << 52n);
  // value = significand × 2^exponent, the middle = (2 significand + 1) × 2^(exponent - 1).
  const exponent = Math.max(raw, 1) - 1076;
  let numerator = 2n * significand + 1n;
  let denominator = 1n;
  if (exponent >= 0) numerator <<= BigInt(exponent);
  else denominator <<= BigInt(-exponent);
  const scale = length - 1 - power;
  if (scale >= 0) numerator *= 10n ** BigInt(scale);
  else denominator *= 10n ** BigInt(-scale);
  return ((numerator - 1n) / denominator).toString();
}
