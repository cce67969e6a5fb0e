import type { KustoValue } from '../../values/index.js';
import type { ScalarFunction } from '../scalar-function.js';
import { readPosition, refuseSpheroid } from './geojson.js';
import {
  angleBetween,
  azimuth,
  EARTH_RADIUS,
  positiveAngle,
  same,
  scale,
  toVector,
  type Position,
  type Vector,
} from './sphere.js';

/** Measures between points. */

/** Two points that have one line between them. */
const haveLine = (a: Vector, b: Vector): boolean => !same(a, b) && !same(a, scale(b, -1));

function readPositions(args: readonly (KustoValue | undefined)[], count: number): Position[] | undefined {
  const found = Array.from({ length: count }, (_, i) => readPosition(args[2 * i], args[2 * i + 1]));
  return found.some((position) => position === undefined) ? undefined : (found as Position[]);
}

export const POINT_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'geo_distance_2points',
    nulls: 'propagate',
    doc: 'Distance of two points in meters.',
    evaluate: (args) => {
      refuseSpheroid('geo_distance_2points', args[4]);
      const points = readPositions(args, 2)?.map(toVector);
      return points ? angleBetween(points[0]!, points[1]!) * EARTH_RADIUS : null;
    },
  },
  {
    name: 'geo_azimuth',
    nulls: 'propagate',
    doc: 'Direction from one point to another in radians, clockwise from north.',
    evaluate: (args) => {
      const positions = readPositions(args, 2);
      if (!positions) return null;
      const [from, to] = positions as [Position, Position];
      return haveLine(toVector(from), toVector(to)) ? azimuth(from, to) : null;
    },
  },
  {
    name: 'geo_angle',
    nulls: 'propagate',
    doc: 'Angle at the second of three points in radians, clockwise.',
    evaluate: (args) => {
      const positions = readPositions(args, 3);
      if (!positions) return null;
      const [first, middle, last] = positions as [Position, Position, Position];
      const corner = toVector(middle);
      if (!haveLine(toVector(first), corner) || !haveLine(corner, toVector(last))) return null;
      return positiveAngle(azimuth(middle, last) - azimuth(middle, first));
    },
  },
  {
    name: 'geo_point_in_circle',
    nulls: 'propagate',
    doc: 'True when a point is not further than a radius (meters) from a center.',
    evaluate: (args) => {
      const points = readPositions(args, 2)?.map(toVector);
      const radius = Number(args[4]);
      if (!points || !(radius > 0)) return null;
      return angleBetween(points[0]!, points[1]!) * EARTH_RADIUS <= radius;
    },
  },
];
