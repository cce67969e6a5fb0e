import { KustoError } from '../../errors/index.js';
import type { KustoValue } from '../../values/index.js';
import type { ScalarFunction } from '../scalar-function.js';
import { readArray, readLines, readPolygons } from './geojson.js';

/**
 * Functions whose shapes depend on the reference's own choice of vertices (simplified shapes). What is no valid
 * input gives null, as documented; the shape itself is refused.
 */
function unbuilt(
  name: string,
  doc: string,
  isValid: (args: readonly (KustoValue | undefined)[]) => boolean,
): ScalarFunction {
  return {
    name,
    nulls: 'propagate',
    doc: `${doc} Only tells invalid input (null); the shape is refused.`,
    evaluate: (args) => {
      if (!isValid(args)) return null;
      throw new KustoError('CAL0001', `${name}() is not supported.`);
    },
  };
}

const isWithin = (value: KustoValue | undefined, low: number, high: number): boolean =>
  value === undefined || (Number(value) >= low && Number(value) <= high);

/** Meters beyond which nothing can be simplified. */
const WIDEST = 7_800_000;

export const UNBUILT_FUNCTIONS: readonly ScalarFunction[] = [
  unbuilt(
    'geo_line_simplify',
    'A line with fewer points.',
    ([shape, tolerance]) => readLines(shape) !== undefined && isWithin(tolerance, 0, WIDEST),
  ),
  unbuilt(
    'geo_polygon_simplify',
    'A polygon with fewer points.',
    ([shape, tolerance]) => readPolygons(shape) !== undefined && isWithin(tolerance, 0, WIDEST),
  ),
  unbuilt(
    'geo_simplify_polygons_array',
    'Polygons with fewer points.',
    ([shapes, tolerance]) => readArray(shapes, readPolygons) !== undefined && isWithin(tolerance, 0, WIDEST),
  ),
];
