/** Fraction digits that a decimal keeps (stored as DECIMAL(38, 18)). */
export const DECIMAL_SCALE = 18;
const MAX_DECIMAL_DIGITS = 38;

/**
 * Canonical decimal text (no exponent, no needless zeros), rounded to the digits that are kept; undefined when it is no
 * decimal, or larger than one can be.
 */
export function parseDecimal(text: string): string | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/i.exec(text.trim());
  if (!match || (!match[2] && !match[3])) return undefined;
  const exponent = Number(match[4] ?? 0);
  if (Math.abs(exponent) > 60) return undefined;
  let digits = (match[2] ?? '') + (match[3] ?? '');
  let scale = (match[3] ?? '').length - exponent;
  if (scale < 0) {
    digits += '0'.repeat(-scale);
    scale = 0;
  }
  digits = digits.padStart(scale + 1, '0');
  if (scale > DECIMAL_SCALE) {
    const last = digits.length - (scale - DECIMAL_SCALE);
    const up = digits[last]! >= '5' ? 1n : 0n;
    digits = (BigInt(digits.slice(0, last)) + up).toString();
    scale = DECIMAL_SCALE;
    digits = digits.padStart(scale + 1, '0');
  }
  const whole = digits.slice(0, digits.length - scale).replace(/^0+(?=\d)/, '');
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, '');
  if (whole.length > MAX_DECIMAL_DIGITS - DECIMAL_SCALE) return undefined;
  const magnitude = fraction ? `${whole}.${fraction}` : whole;
  return match[1] === '-' && /[1-9]/.test(magnitude) ? `-${magnitude}` : magnitude;
}

/** 36 lower-case characters from any of .NET's GUID forms, or undefined. */
export function parseGuid(text: string): string | undefined {
  const match = /^[{(]?([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})[)}]?$/i.exec(
    text.trim(),
  );
  return match ? match.slice(1, 6).join('-').toLowerCase() : undefined;
}
