import type { ScalarFunction } from './scalar-function.js';

/** Conversion of units. Names and factors are those of the UnitsNet library, which the reference engine's answers show. */

/** A unit by its factor to the base unit, or by both functions. */
type Unit = number | { readonly toBase: (x: number) => number; readonly fromBase: (x: number) => number };

const PREFIXES = {
  Nano: 1e-9,
  Micro: 1e-6,
  Milli: 1e-3,
  Centi: 1e-2,
  Deci: 1e-1,
  Deca: 10,
  Hecto: 100,
  Kilo: 1e3,
  Mega: 1e6,
  Giga: 1e9,
  Tera: 1e12,
};

/** The unit itself and with prefixes: `Kilo` and `WattHour` make `KilowattHour`. */
function prefixed(name: string, factor: number, ...prefixes: (keyof typeof PREFIXES)[]): Record<string, number> {
  const lower = name.charAt(0).toLowerCase() + name.slice(1);
  return {
    [name]: factor,
    ...Object.fromEntries(prefixes.map((prefix) => [prefix + lower, factor * PREFIXES[prefix]])),
  };
}

const DEGREE = 180 / Math.PI;
const BTU = 1055.05585262;
const FOOT = 0.3048;
const SURVEY_FOOT = 1200 / 3937;

const angle: Record<string, Unit> = {
  Arcminute: 1 / 60,
  Arcsecond: 1 / 3600,
  ...prefixed('Degree', 1, 'Micro', 'Milli', 'Nano'),
  ...prefixed('Radian', DEGREE, 'Centi', 'Deci', 'Micro', 'Milli', 'Nano'),
  Gradian: 0.9,
  NatoMil: 9 / 160,
  Revolution: 360,
  Tilt: { toBase: (x) => Math.asin(x) * DEGREE, fromBase: (x) => Math.sin(x / DEGREE) },
};

const energy: Record<string, Unit> = {
  ...prefixed('BritishThermalUnit', BTU, 'Giga', 'Kilo', 'Mega'),
  ...prefixed('Calorie', 4.184, 'Kilo', 'Mega'),
  DecathermEc: 1.05505585262e9,
  DecathermImperial: 1.05505585257348e9,
  DecathermUs: 1.054804e9,
  ...prefixed('ElectronVolt', 1.602176565e-19, 'Giga', 'Kilo', 'Mega', 'Tera'),
  Erg: 1e-7,
  FootPound: 1.355817948,
  ...prefixed('Joule', 1, 'Giga', 'Kilo', 'Mega', 'Milli'),
  ...prefixed('WattDay', 86_400, 'Giga', 'Kilo', 'Mega', 'Tera'),
  ...prefixed('WattHour', 3600, 'Giga', 'Kilo', 'Mega', 'Tera'),
  HorsepowerHour: 2.6845195377e6,
  ThermEc: 1.05505585262e8,
  ThermImperial: 1.05505585257348e8,
  ThermUs: 1.054804e8,
};

const force: Record<string, Unit> = {
  Dyn: 1e-5,
  KilogramForce: 9.80665,
  KiloPond: 9.80665,
  ...prefixed('Newton', 1, 'Deca', 'Kilo', 'Mega', 'Micro', 'Milli'),
  ...prefixed('PoundForce', 4.4482216152605, 'Kilo'),
  OunceForce: 0.2780138509537812,
  Poundal: 0.138254954376,
  ShortTonForce: 8896.443230521,
  TonneForce: 9806.65,
};

const length: Record<string, Unit> = {
  Angstrom: 1e-10,
  AstronomicalUnit: 1.495978707e11,
  Chain: 20.1168,
  DataMile: 1828.8,
  DtpPica: 1 / 236.220472441,
  DtpPoint: 2.54e-2 / 72,
  Fathom: 1.8288,
  Foot: FOOT,
  Hand: 0.1016,
  ...prefixed('Inch', 2.54e-2, 'Micro'),
  ...prefixed('LightYear', 9.46073047258e15, 'Kilo', 'Mega'),
  ...prefixed('Meter', 1, 'Centi', 'Deca', 'Deci', 'Hecto', 'Kilo', 'Micro', 'Milli', 'Nano'),
  Mil: 2.54e-5,
  Mile: 1609.344,
  NauticalMile: 1852,
  ...prefixed('Parsec', 3.08567758128e16, 'Kilo', 'Mega'),
  PrinterPica: 1 / 237.106301584,
  PrinterPoint: 2.54e-2 / 72.27,
  Shackle: 27.432,
  SolarRadius: 6.9551e8,
  Twip: 1 / 56_692.913385826,
  UsSurveyFoot: SURVEY_FOOT,
  Yard: 0.9144,
};

const mass: Record<string, Unit> = {
  EarthMass: 5.9722e24,
  Grain: 6.479891e-5,
  ...prefixed('Gram', 1e-3, 'Centi', 'Deca', 'Deci', 'Hecto', 'Kilo', 'Micro', 'Milli', 'Nano'),
  ...prefixed('Pound', 0.45359237, 'Kilo', 'Mega'),
  ...prefixed('Tonne', 1e3, 'Kilo', 'Mega'),
  LongHundredweight: 50.80234544,
  LongTon: 1016.0469088,
  Ounce: 0.028349523125,
  ShortHundredweight: 45.359237,
  ShortTon: 907.18474,
  Slug: 14.593902937206365,
  SolarMass: 1.98947e30,
  Stone: 6.35029318,
};

function perTime(names: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(names).flatMap(([name, factor]) => [
      [`${name}PerHour`, factor / 3600],
      [`${name}PerMinute`, factor / 60],
      [`${name}PerSecond`, factor],
    ]),
  );
}

const speed: Record<string, Unit> = {
  ...perTime({
    Centimeter: 1e-2,
    Decimeter: 1e-1,
    Foot: FOOT,
    Inch: 2.54e-2,
    Kilometer: 1e3,
    Meter: 1,
    Micrometer: 1e-6,
    Millimeter: 1e-3,
    Nanometer: 1e-9,
    UsSurveyFoot: SURVEY_FOOT,
    Yard: 0.9144,
  }),
  Knot: 1852 / 3600,
  MilePerHour: 0.44704,
};

const shifted = (factor: number, atZero: number): Unit => ({
  toBase: (x) => x * factor + atZero,
  fromBase: (x) => (x - atZero) / factor,
});

const temperature: Record<string, Unit> = {
  Kelvin: 1,
  DegreeCelsius: shifted(1, 273.15),
  MillidegreeCelsius: shifted(1e-3, 273.15),
  DegreeDelisle: shifted(-2 / 3, 373.15),
  DegreeFahrenheit: { toBase: (x) => ((x + 459.67) * 5) / 9, fromBase: (x) => (x * 9) / 5 - 459.67 },
  DegreeNewton: shifted(100 / 33, 273.15),
  DegreeRankine: 5 / 9,
  DegreeReaumur: shifted(5 / 4, 273.15),
  DegreeRoemer: shifted(40 / 21, 273.15 - (7.5 * 40) / 21),
  SolarTemperature: 5778,
};

const volume: Record<string, Unit> = {
  AcreFoot: 1 / 0.000810714,
  AuTablespoon: 2e-5,
  BoardFoot: 2.3597372158e-3,
  ...prefixed('Liter', 1e-3, 'Centi', 'Deca', 'Deci', 'Hecto', 'Kilo', 'Mega', 'Micro', 'Milli'),
  CubicCentimeter: 1e-6,
  CubicDecimeter: 1e-3,
  ...prefixed('CubicFoot', 0.0283168, 'Hecto', 'Kilo', 'Mega'),
  CubicHectometer: 1e6,
  CubicInch: 1.6387e-5,
  CubicKilometer: 1e9,
  ...prefixed('CubicMeter', 1, 'Hecto', 'Kilo'),
  CubicMicrometer: 1e-18,
  CubicMile: 4.16818182544058e9,
  CubicMillimeter: 1e-9,
  CubicYard: 0.764554858,
  ...prefixed('UsGallon', 0.00378541, 'Deca', 'Deci', 'Hecto', 'Kilo', 'Mega'),
  ImperialBeerBarrel: 0.16365924,
  ...prefixed('ImperialGallon', 0.00454609, 'Kilo', 'Mega'),
  ImperialOunce: 2.84130625e-5,
  ImperialPint: 5.6826125e-4,
  MetricCup: 2.5e-4,
  MetricTeaspoon: 5e-6,
  OilBarrel: 0.158987294928,
  UkTablespoon: 1.5e-5,
  UsBeerBarrel: 0.11734777,
  UsCustomaryCup: 0.0002365882365,
  UsLegalCup: 0.00024,
  UsOunce: 2.9573529562537605e-5,
  UsPint: 4.73176473e-4,
  UsQuart: 9.46352946e-4,
  UsTablespoon: 1.478676478125e-5,
  UsTeaspoon: 4.92892159375e-6,
};

function converted(units: Readonly<Record<string, Unit>>, value: number, from: string, to: string): number | null {
  if (!Object.hasOwn(units, from) || !Object.hasOwn(units, to)) return null;
  const [source, target] = [units[from]!, units[to]!];
  const base = typeof source === 'number' ? value * source : source.toBase(value);
  return typeof target === 'number' ? base / target : target.fromBase(base);
}

const QUANTITIES = { angle, energy, force, length, mass, speed, temperature, volume };

export const UNIT_FUNCTIONS: readonly ScalarFunction[] = Object.entries(QUANTITIES).map(
  ([quantity, units]): ScalarFunction => ({
    name: `convert_${quantity}`,
    nulls: 'propagate',
    doc: `A value of ${quantity} in another unit; null for a unit that is not known.`,
    evaluate: ([value, from, to]) => converted(units, Number(value), from as string, to as string),
  }),
);
