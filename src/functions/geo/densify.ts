import { KustoError } from '../../errors/index.js';
import type { KustoValue } from '../../values/index.js';
import { isArray, isBag, numberOf, parseJson, type Json } from '../json.js';
import type { ScalarFunction } from '../scalar-function.js';
import { positionOf, readLines, readPolygons, writeLines, writePolygons, type Line } from './geojson.js';
import type { Ring } from './rings.js';
import { angleBetween, EARTH_RADIUS, pointTowards, toVector, type Position, type Vector } from './sphere.js';

/**
 * Edges that are straight on a map of longitudes and latitudes, as chains of geodesics. The bound of the error and where
 * it is looked for are those of S2's edge tessellator, so that the points are the reference's.
 */
const PROBE = 0.31215691082248312;
const PROBE_FACTOR = 0.83829992569888509;
const MOST_POINTS = 10_485_760;

const between = (a: Position, b: Position, share: number): Position => [
  (1 - share) * a[0] + share * b[0],
  (1 - share) * a[1] + share * b[1],
];

function error(a: Position, b: Position): number {
  const [from, to] = [toVector(a), toVector(b)];
  const size = angleBetween(from, to);
  if (size > Math.PI / 2) return Infinity;
  if (size === 0) return 0;
  return Math.max(
    ...[PROBE, 1 - PROBE].map((share) =>
      angleBetween(pointTowards(from, to, size * share), toVector(between(a, b, share))),
    ),
  );
}

/** The points after `a` up to and with `b`. */
function divide(a: Position, b: Position, tolerance: number, points: Vector[]): void {
  if (points.length > MOST_POINTS) return;
  if (error(a, b) <= tolerance) {
    points.push(toVector(b));
    return;
  }
  const middle = between(a, b, 0.5);
  divide(a, middle, tolerance, points);
  divide(middle, b, tolerance, points);
}

function densify(line: Line, tolerance: number, caller: string): Line {
  const points = [toVector(positionOf(line[0]!))];
  for (let i = 1; i < line.length; i++) {
    const a = positionOf(line[i - 1]!);
    const b = positionOf(line[i]!);
    if (Math.abs(b[0] - a[0]) > 180) {
      throw new KustoError('CAL0001', `${caller}(): edges over the antimeridian are not supported.`);
    }
    divide(a, b, tolerance, points);
  }
  return points;
}

/** The reference wraps longitudes beyond 180 degrees around and cuts the shape there, which is not built. */
function refuseFarLongitudes(shape: KustoValue | undefined, caller: string): void {
  const isFar = (value: Json | undefined): boolean => {
    if (!isArray(value)) return false;
    const longitude = value.length >= 2 ? numberOf(value[0]!) : undefined;
    return longitude === undefined ? value.some(isFar) : Math.abs(longitude) > 180 && Math.abs(longitude) <= 360;
  };
  const held = parseJson(typeof shape === 'string' ? shape : 'null');
  if (isBag(held) && isFar(held.get('coordinates'))) {
    throw new KustoError('CAL0001', `${caller}(): longitudes beyond 180 degrees are not supported.`);
  }
}

/** Radians by the argument in meters; undefined when out of bounds. */
function toleranceOf(argument: KustoValue | undefined): number | undefined {
  const meters = Number(argument ?? 10);
  return meters >= 0.1 && meters <= 10_000 ? (PROBE_FACTOR * meters) / EARTH_RADIUS : undefined;
}

export const DENSIFY_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'geo_line_densify',
    nulls: 'propagate',
    doc: 'A planar line as geodesics.',
    evaluate: ([shape, toleranceArgument]) => {
      refuseFarLongitudes(shape, 'geo_line_densify');
      const lines = readLines(shape);
      const tolerance = toleranceOf(toleranceArgument);
      return lines && tolerance !== undefined
        ? writeLines(lines.map((line) => densify(line, tolerance, 'geo_line_densify')))
        : null;
    },
  },
  {
    name: 'geo_polygon_densify',
    nulls: 'propagate',
    doc: 'A planar polygon as geodesics.',
    evaluate: ([shape, toleranceArgument]) => {
      refuseFarLongitudes(shape, 'geo_polygon_densify');
      const polygons = readPolygons(shape);
      const tolerance = toleranceOf(toleranceArgument);
      if (!polygons || tolerance === undefined) return null;
      const ring = (vertices: Ring): Ring =>
        densify([...vertices, vertices[0]!], tolerance, 'geo_polygon_densify').slice(0, -1);
      return writePolygons(polygons.map(({ shell, holes }) => ({ shell: ring(shell), holes: holes.map(ring) })));
    },
  },
];
