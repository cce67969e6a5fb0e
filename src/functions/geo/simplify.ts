import type { KustoValue } from '../../values/index.js';
import type { ScalarFunction } from '../scalar-function.js';
import { readArray, readLines, readPolygons, writeLines, writePolygons } from './geojson.js';
import { unite } from './overlay.js';
import { ringsOf, type Polygon } from './rings.js';
import { simplified } from './simplifier.js';
import { EARTH_RADIUS } from './sphere.js';

/** Shapes with fewer points. What is invalid gives null, as does a shape of which nothing is left. */

/** Meters: 70 degrees, the widest radius that S2 snaps by. */
const WIDEST = 7_800_000;

function simplifying(
  name: string,
  doc: string,
  simplify: (shape: KustoValue | undefined, tolerance: number) => string | undefined,
): ScalarFunction {
  return {
    name,
    nulls: 'propagate',
    doc,
    evaluate: ([shape, toleranceArgument]) => {
      const tolerance = Number(toleranceArgument ?? 10);
      if (!(tolerance >= 0 && tolerance <= WIDEST)) return null;
      return simplify(shape, tolerance / EARTH_RADIUS) ?? null;
    },
  };
}

function simplifyPolygons(polygons: readonly Polygon[] | undefined, tolerance: number): string | undefined {
  if (!polygons) return undefined;
  const united = polygons.length > 1 ? unite(polygons) : polygons;
  const rings = simplified(
    ringsOf(united).map((vertices) => ({ vertices, isRing: true })),
    tolerance,
  );
  const left: Polygon[] = [];
  for (const { holes } of united) {
    const [shell, ...inner] = rings.splice(0, 1 + holes.length);
    if (shell) left.push({ shell: shell.vertices, holes: inner.flatMap((hole) => (hole ? [hole.vertices] : [])) });
  }
  return left.length > 0 ? writePolygons(left) : undefined;
}

export const SIMPLIFY_FUNCTIONS: readonly ScalarFunction[] = [
  simplifying('geo_line_simplify', 'A line with fewer points.', (shape, tolerance) => {
    const lines = readLines(shape);
    if (!lines) return undefined;
    const paths = lines.map((vertices) => ({ vertices, isRing: false }));
    const left = simplified(paths, tolerance).flatMap((path) => (path ? [path.vertices] : []));
    return left.length > 0 ? writeLines(left) : undefined;
  }),
  simplifying('geo_polygon_simplify', 'A polygon with fewer points.', (shape, tolerance) =>
    simplifyPolygons(readPolygons(shape), tolerance),
  ),
  simplifying('geo_simplify_polygons_array', 'The union of polygons with fewer points.', (shapes, tolerance) =>
    simplifyPolygons(readArray(shapes, readPolygons)?.flat(), tolerance),
  ),
];
