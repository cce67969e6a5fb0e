import { KustoError } from '../../errors/index.js';
import type { KustoValue } from '../../values/index.js';
import { isArray, isBag, numberOf, parseJson, type Json } from '../json.js';
import type { ScalarFunction } from '../scalar-function.js';
import {
  positionOf,
  readLines,
  readPolygons,
  writeLines,
  writePolygons,
  writePositionLines,
  type Line,
} from './geojson.js';
import type { Ring } from './rings.js';
import {
  angleBetween,
  cross,
  EARTH_RADIUS,
  normal,
  pointTowards,
  toPosition,
  toVector,
  type Position,
} from './sphere.js';

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
function divide(a: Position, b: Position, tolerance: number, points: Position[]): void {
  if (points.length > MOST_POINTS) return;
  if (error(a, b) <= tolerance) {
    points.push(b);
    return;
  }
  const middle = between(a, b, 0.5);
  divide(a, middle, tolerance, points);
  divide(middle, b, tolerance, points);
}

function densify(line: Line, tolerance: number, caller: string): Line {
  const positions = line.map(positionOf);
  if (positions.some(([x], i) => i > 0 && Math.abs(x - positions[i - 1]![0]) > 180)) {
    throw new KustoError('CAL0001', `${caller}(): edges over the antimeridian are not supported.`);
  }
  return divided(positions, tolerance).map(toVector);
}

function divided(positions: readonly Position[], tolerance: number): Position[] {
  const points = [positions[0]!];
  for (let i = 1; i < positions.length; i++) divide(positions[i - 1]!, positions[i]!, tolerance, points);
  return points;
}

/** Longitudes beyond 180 degrees go on around the Earth. */
const isFar = ([longitude]: Position): boolean => Math.abs(longitude) > 180 && Math.abs(longitude) <= 360;

/** The positions of a single line, some of which is beyond 180 degrees. */
function farLine(shape: KustoValue | undefined): Position[] | undefined {
  const held = parseJson(typeof shape === 'string' ? shape : 'null');
  const coordinates = isBag(held) && held.get('type') === 'LineString' ? held.get('coordinates') : undefined;
  if (!isArray(coordinates) || coordinates.length < 2) return undefined;
  const positions = coordinates.map((value): Position => {
    const [x, y] = isArray(value) ? [numberOf(value[0]), numberOf(value[1])] : [];
    return [x ?? NaN, y ?? NaN];
  });
  const areValid = positions.every(([x, y]) => Math.abs(x) <= 360 && Math.abs(y) <= 90);
  return areValid && positions.some(isFar) ? positions : undefined;
}

/** How far from the antimeridian the reference ends what it cuts there. */
const EDGE_OF_MAP = 179.999999999999;

/** The line in parts, each on one side of the antimeridian. */
function writeCut(positions: readonly Position[]): string {
  const shown = ([x, y]: Position): Position => (Math.abs(x) === EDGE_OF_MAP ? [x, y] : toPosition(toVector([x, y])));
  if (positions.some(([x]) => Math.abs(x) === 180)) {
    throw new KustoError('CAL0001', 'geo_line_densify(): points on the antimeridian are not supported.');
  }
  const parts: Position[][] = [[positions[0]!]];
  for (let i = 1; i < positions.length; i++) {
    const [a, b] = [positions[i - 1]!, positions[i]!];
    const [low, high] = a[0] < b[0] ? [a[0], b[0]] : [b[0], a[0]];
    if ([-180, 180].some((meridian) => low < meridian && meridian < high)) {
      // Where the geodesic meets the half circle with y = 0 and x < 0.
      const [x, , z] = cross(normal(toVector(a), toVector(b)), [0, 1, 0]);
      const latitude = toPosition([-Math.abs(x), 0, x < 0 ? z : -z])[1];
      const east = a[0] < b[0] ? EDGE_OF_MAP : -EDGE_OF_MAP;
      parts.at(-1)!.push([east, latitude]);
      parts.push([[-east, latitude]]);
    }
    parts.at(-1)!.push(b);
  }
  return writePositionLines(parts.map((part) => part.map(shown)));
}

function refuseFarPolygon(shape: KustoValue | undefined): void {
  const holdsFar = (value: Json | undefined): boolean => {
    if (!isArray(value)) return false;
    const longitude = value.length >= 2 ? numberOf(value[0]!) : undefined;
    return longitude === undefined ? value.some(holdsFar) : isFar([longitude, 0]);
  };
  const held = parseJson(typeof shape === 'string' ? shape : 'null');
  if (isBag(held) && holdsFar(held.get('coordinates'))) {
    throw new KustoError('CAL0001', 'geo_polygon_densify(): longitudes beyond 180 degrees are not supported.');
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
    evaluate: ([shape, toleranceArgument, preserveCrossing]) => {
      const tolerance = toleranceOf(toleranceArgument);
      const far = farLine(shape);
      if (far && tolerance !== undefined) {
        const points = divided(far, tolerance);
        return preserveCrossing === true ? writeLines([points.map(toVector)]) : writeCut(points);
      }
      const lines = readLines(shape);
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
      refuseFarPolygon(shape);
      const polygons = readPolygons(shape);
      const tolerance = toleranceOf(toleranceArgument);
      if (!polygons || tolerance === undefined) return null;
      const ring = (vertices: Ring): Ring =>
        densify([...vertices, vertices[0]!], tolerance, 'geo_polygon_densify').slice(0, -1);
      return writePolygons(polygons.map(({ shell, holes }) => ({ shell: ring(shell), holes: holes.map(ring) })));
    },
  },
];
