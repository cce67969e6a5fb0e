import { atan2, cos, sin } from './trigonometry.js';

/**
 * Geometry on the sphere, with vectors of unit length: edges are geodesics, as in the reference (which is built on S2).
 * Angles are radians.
 */
export type Vector = readonly [number, number, number];

/** Longitude and latitude in degrees. */
export type Position = readonly [number, number];

/** Meters; what the reference's distances on the sphere are made with. */
export const EARTH_RADIUS = 6_371_010;

const RADIANS = Math.PI / 180;

export function toVector([longitude, latitude]: Position): Vector {
  const phi = latitude * RADIANS;
  const theta = longitude * RADIANS;
  const width = cos(phi);
  return [cos(theta) * width, sin(theta) * width, sin(phi)];
}

export function toPosition([x, y, z]: Vector): Position {
  return [atan2(y, x) * (180 / Math.PI), atan2(z, Math.sqrt(x * x + y * y)) * (180 / Math.PI)];
}

export const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

export const cross = (a: Vector, b: Vector): Vector => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];

export const add = (a: Vector, b: Vector): Vector => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];

export const subtract = (a: Vector, b: Vector): Vector => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];

export const scale = (a: Vector, factor: number): Vector => [a[0] * factor, a[1] * factor, a[2] * factor];

export const length = (a: Vector): number => Math.sqrt(dot(a, a));

export const normalize = (a: Vector): Vector => scale(a, 1 / length(a));

export const same = (a: Vector, b: Vector): boolean => a[0] === b[0] && a[1] === b[1] && a[2] === b[2];

/** Opposite, but for the last digit of coordinates: 180 degrees are no whole number of radians. */
export const antipodal = (a: Vector, b: Vector): boolean => length(add(a, b)) < 1e-15;

export const angleBetween = (a: Vector, b: Vector): number => atan2(length(cross(a, b)), dot(a, b));

/** A normal of the plane of two vectors, exact also for close ones. */
export const normal = (a: Vector, b: Vector): Vector => scale(cross(subtract(a, b), add(a, b)), 0.5);

/** Positive when c lies to the left of the edge from a to b. */
export const side = (a: Vector, b: Vector, c: Vector): number => dot(normal(a, b), c);

/** Clockwise from north, from 0 to 2π. */
export function azimuth(from: Position, to: Position): number {
  const step = (to[0] - from[0]) * RADIANS;
  const phi1 = from[1] * RADIANS;
  const phi2 = to[1] * RADIANS;
  const y = sin(step) * cos(phi2);
  const x = cos(phi1) * sin(phi2) - sin(phi1) * cos(phi2) * cos(step);
  return positiveAngle(atan2(y, x));
}

export const positiveAngle = (angle: number): number => (angle < 0 ? angle + 2 * Math.PI : angle);

/** The point at an angle from a towards b. */
export function pointTowards(a: Vector, b: Vector, angle: number): Vector {
  const tangent = normalize(cross(normal(a, b), a));
  return normalize(add(scale(a, cos(angle)), scale(tangent, sin(angle))));
}

/** The point of an edge that is closest to p. */
export function closestOnEdge(p: Vector, a: Vector, b: Vector): Vector {
  if (same(a, b)) return a;
  const n = normalize(normal(a, b));
  const onPlane = subtract(p, scale(n, dot(p, n)));
  if (length(onPlane) > 1e-15) {
    const candidate = normalize(onPlane);
    if (dot(cross(n, a), candidate) >= 0 && dot(cross(n, b), candidate) <= 0) return candidate;
  }
  return dot(subtract(p, a), subtract(p, a)) <= dot(subtract(p, b), subtract(p, b)) ? a : b;
}

/** The point where the insides of two edges cross; undefined when they do not. */
export function crossing(a: Vector, b: Vector, c: Vector, d: Vector): Vector | undefined {
  const abc = side(a, b, c);
  const abd = side(a, b, d);
  const cda = side(c, d, a);
  const cdb = side(c, d, b);
  // c and d on different sides of ab, a and b on different sides of cd, and (below) not on opposite sides of Earth.
  if (!(abc * abd < 0 && cda * cdb < 0)) return undefined;
  const point = normalize(cross(normal(a, b), normal(c, d)));
  const middle = add(add(a, b), add(c, d));
  const found = dot(point, middle) < 0 ? scale(point, -1) : point;
  return dot(found, add(a, b)) > 0 && dot(found, add(c, d)) > 0 ? found : undefined;
}
