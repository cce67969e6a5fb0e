import fc from 'fast-check';

/**
 * How many cases are generated in all, of every suite that uses this. The default ones are the same in every run;
 * CALYPSO_CASES=100000 searches among others, from CALYPSO_SEED or from a seed that a failure prints beside its
 * smallest case.
 */
const DEFAULT_CASES = 10_000;
const GIVEN = process.env['CALYPSO_CASES'];
const SEED = process.env['CALYPSO_SEED'];
const FIXED_SEED = 20_200_229;
const scale = Number(GIVEN ?? DEFAULT_CASES) / DEFAULT_CASES;

const seed = (): { seed?: number } => {
  if (SEED !== undefined) return { seed: Number(SEED) };
  return GIVEN === undefined ? { seed: FIXED_SEED } : {};
};

/** For a suite: a case takes some ten milliseconds, on a busy machine several times that. */
export const PATIENCE_MS = Math.max(120_000, 600_000 * scale);

/** Checks a property of `runs` values, by default; of more or less in proportion when another number was asked for. */
export const check = async <T>(
  runs: number,
  values: fc.Arbitrary<T>,
  holds: (value: T) => Promise<void>,
): Promise<void> =>
  fc.assert(fc.asyncProperty(values, holds), { numRuns: Math.max(1, Math.round(runs * scale)), ...seed() });
