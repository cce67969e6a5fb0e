import { ringEdges, ringsOf, type Polygon, type Ring } from './geojson.js';
import { add, angleBetween, cross, dot, length, normal, normalize, scale, subtract, type Vector } from './sphere.js';

/** Measures of rings and polygons. A ring encloses the smaller of the two regions that it divides the sphere into. */

/** Area of the triangle in steradians, positive when counterclockwise. Differences keep small triangles exact. */
function triangleArea(a: Vector, b: Vector, c: Vector): number {
  const volume = dot(a, cross(subtract(b, a), subtract(c, a)));
  return 2 * Math.atan2(volume, 1 + dot(a, b) + dot(b, c) + dot(c, a));
}

/** Positive when the vertices go counterclockwise around the smaller region. */
function signedArea(ring: Ring): number {
  let total = 0;
  for (let i = 1; i + 1 < ring.length; i++) total += triangleArea(ring[0]!, ring[i]!, ring[i + 1]!);
  // Turned over the far side of the sphere, the sum is off by its area.
  if (total > 2 * Math.PI) return total - 4 * Math.PI;
  return total < -2 * Math.PI ? total + 4 * Math.PI : total;
}

const areas = new WeakMap<Ring, number>();

function areaOf(ring: Ring): number {
  let area = areas.get(ring);
  if (area === undefined) areas.set(ring, (area = signedArea(ring)));
  return area;
}

export const isCounterclockwise = (ring: Ring): boolean => areaOf(ring) > 0;

/** Steradians. Polygons that overlap count twice: unite them first. */
export function polygonsArea(polygons: readonly Polygon[]): number {
  return polygons.reduce(
    (total, { shell, holes }) =>
      total + holes.reduce((rest, hole) => rest - Math.abs(areaOf(hole)), Math.abs(areaOf(shell))),
    0,
  );
}

/** Integral of the position over the inside: half the sum of each edge's normal times its length. */
function moment(ring: Ring): Vector {
  const sum = ringEdges(ring).reduce<Vector>(
    (total, [a, b]) => add(total, scale(normalize(normal(a, b)), angleBetween(a, b) / 2)),
    [0, 0, 0],
  );
  return isCounterclockwise(ring) ? sum : scale(sum, -1);
}

export function polygonsCentroid(polygons: readonly Polygon[]): Vector | undefined {
  const sum = polygons.reduce<Vector>(
    (total, { shell, holes }) => holes.reduce((rest, hole) => subtract(rest, moment(hole)), add(total, moment(shell))),
    [0, 0, 0],
  );
  return length(sum) > 0 ? normalize(sum) : undefined;
}

/** True when the edges turn around p, seen from p, as often as an enclosed point sees it. */
function ringContains(ring: Ring, p: Vector): boolean {
  let turns = 0;
  for (const [a, b] of ringEdges(ring)) {
    const [toA, toB] = [cross(p, a), cross(p, b)];
    turns += Math.atan2(dot(p, cross(toA, toB)), dot(toA, toB));
  }
  return (isCounterclockwise(ring) ? turns : -turns) > Math.PI;
}

export function polygonsContain(polygons: readonly Polygon[], p: Vector): boolean {
  return polygons.some(({ shell, holes }) => ringContains(shell, p) && !holes.some((hole) => ringContains(hole, p)));
}

export const polygonEdges = (polygons: readonly Polygon[]): (readonly [Vector, Vector])[] =>
  ringsOf(polygons).flatMap(ringEdges);
