import { s2 } from 's2js';
import { KustoError } from '../../errors/index.js';
import type { KustoValue } from '../../values/index.js';
import type { ScalarFunction } from '../scalar-function.js';
import { readArray, readLines, readPolygons } from './geojson.js';
import { ringsOf } from './rings.js';
import { angleBetween, EARTH_RADIUS, type Vector } from './sphere.js';

/**
 * Functions whose shapes depend on the reference's own choice of vertices (S2's builder). What is no valid input gives
 * null, as does a shape that vanishes because all of it lies within the tolerance; any other is refused.
 */
function simplifying(
  name: string,
  doc: string,
  read: (argument: KustoValue | undefined) => readonly Vector[] | undefined,
): ScalarFunction {
  return {
    name,
    nulls: 'propagate',
    doc: `${doc} Only tells what is invalid or vanishes (null); another shape is refused.`,
    evaluate: ([shape, toleranceArgument]) => {
      const vertices = read(shape);
      const tolerance = Number(toleranceArgument ?? 10);
      if (!vertices || !(tolerance >= 0 && tolerance <= WIDEST) || vanishes(vertices, tolerance)) return null;
      throw new KustoError('CAL0001', `${name}() is not supported.`);
    },
  };
}

/** Meters: 70 degrees, the widest radius that S2 snaps by. */
const WIDEST = 7_800_000;

/** S2's builder keeps the vertex of the lowest cell, and none that is within the tolerance of one that it kept. */
function vanishes(vertices: readonly Vector[], tolerance: number): boolean {
  const ids = vertices.map((vertex) => s2.cellid.fromPoint(new s2.Point(...vertex)));
  const kept = vertices[ids.reduce((best, id, i) => (id < ids[best]! ? i : best), 0)]!;
  return vertices.every((vertex) => angleBetween(kept, vertex) * EARTH_RADIUS <= tolerance);
}

export const UNBUILT_FUNCTIONS: readonly ScalarFunction[] = [
  simplifying('geo_line_simplify', 'A line with fewer points.', (shape) => readLines(shape)?.flat()),
  simplifying('geo_polygon_simplify', 'A polygon with fewer points.', (shape) => {
    const polygons = readPolygons(shape);
    return polygons && ringsOf(polygons).flat();
  }),
  simplifying('geo_simplify_polygons_array', 'Polygons with fewer points.', (shapes) => {
    const polygons = readArray(shapes, readPolygons)?.flat();
    return polygons && ringsOf(polygons).flat();
  }),
];
