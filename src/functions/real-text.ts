/** Text of a real as .NET's round-trip format gives it: `1.0`, `0.1`, `1E+20`, `1E-05`, `NaN`. */
export function realText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  const [mantissa, exponent] = value.toExponential().split('e') as [string, string];
  const power = Number(exponent);
  if (value !== 0 && (power < -5 || power >= 15)) {
    const digits = String(Math.abs(power)).padStart(2, '0');
    return `${mantissa}E${power < 0 ? '-' : '+'}${digits}`;
  }
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}
