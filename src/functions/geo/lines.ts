import type { ScalarFunction } from '../scalar-function.js';
import {
  edgesOf,
  readArray,
  readLine,
  readLines,
  readPosition,
  refuseSpheroid,
  writeLines,
  writePoint,
  writePoints,
  type Line,
} from './geojson.js';
import type { Edge } from './rings.js';
import {
  add,
  angleBetween,
  closestOnEdge,
  crossing,
  dot,
  EARTH_RADIUS,
  length,
  normalize,
  pointTowards,
  same,
  scale,
  subtract,
  toVector,
  type Vector,
} from './sphere.js';

/** Functions over lines. */

const keyOf = ([a, b]: Edge): string => {
  const [first, second] = [a.join(), b.join()];
  return first < second ? `${first} ${second}` : `${second} ${first}`;
};

/** The edges of a union of lines: each once. */
function unionEdges(lines: readonly Line[]): Edge[] {
  return [...new Map(edgesOf(lines).map((edge) => [keyOf(edge), edge])).values()];
}

export const lengthOf = (edges: readonly Edge[]): number =>
  edges.reduce((total, [a, b]) => total + angleBetween(a, b), 0);

/** The point of the edges that is closest to p. */
export function closestOnEdges(p: Vector, edges: readonly Edge[]): { readonly point: Vector; readonly edge: number } {
  let best = { point: edges[0]![0], edge: 0 };
  let shortest = Infinity;
  edges.forEach(([a, b], edge) => {
    const point = closestOnEdge(p, a, b);
    const away = subtract(point, p);
    const square = dot(away, away);
    if (square < shortest) {
      shortest = square;
      best = { point, edge };
    }
  });
  return best;
}

/** Meters. */
export const distanceToLines = (p: Vector, lines: readonly Line[]): number =>
  angleBetween(p, closestOnEdges(p, edgesOf(lines)).point) * EARTH_RADIUS;

/** Where the edges of two shapes cross or share a vertex. */
export function crossings(left: readonly Edge[], right: readonly Edge[]): Vector[] {
  const found = new Map<string, Vector>();
  const ends = new Set(right.flat().map((point) => point.join()));
  for (const [a, b] of left) {
    for (const point of [a, b]) if (ends.has(point.join())) found.set(point.join(), point);
    for (const [c, d] of right) {
      const point = crossing(a, b, c, d);
      if (point) found.set(point.join(), point);
    }
  }
  return [...found.values()];
}

/** Chains edges that follow each other into lines. */
function chain(edges: readonly Edge[]): Line[] {
  const lines: Vector[][] = [];
  for (const [a, b] of edges) {
    const last = lines.at(-1);
    if (last && same(last.at(-1)!, a)) last.push(b);
    else lines.push([a, b]);
  }
  return lines;
}

export const LINE_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'geo_line_length',
    nulls: 'propagate',
    doc: 'Length of a line in meters.',
    evaluate: ([shape, useSpheroid]) => {
      refuseSpheroid('geo_line_length', useSpheroid);
      const lines = readLines(shape);
      return lines ? lengthOf(unionEdges(lines)) * EARTH_RADIUS : null;
    },
  },
  {
    name: 'geo_line_centroid',
    nulls: 'propagate',
    doc: 'The middle of a line, weighted by length.',
    evaluate: ([shape]) => {
      const lines = readLines(shape);
      if (!lines) return null;
      const sum = unionEdges(lines).reduce<Vector>(
        (total, [a, b]) => {
          const middle = add(a, b);
          const difference = subtract(a, b);
          const weight = Math.sqrt(dot(difference, difference) / dot(middle, middle));
          return add(total, scale(middle, weight));
        },
        [0, 0, 0],
      );
      return length(sum) > 0 ? writePoint(normalize(sum)) : null;
    },
  },
  {
    name: 'geo_line_interpolate_point',
    nulls: 'propagate',
    doc: 'The point at a fraction of a line.',
    evaluate: ([shape, fraction]) => {
      const line = readLine(shape);
      const share = Number(fraction);
      if (!line || !(share >= 0 && share <= 1)) return null;
      const edges = edgesOf([line]);
      let rest = lengthOf(edges) * share;
      for (const [a, b] of edges) {
        const size = angleBetween(a, b);
        if (rest < size) return writePoint(pointTowards(a, b, rest));
        rest -= size;
      }
      return writePoint(line.at(-1)!);
    },
  },
  {
    name: 'geo_line_locate_point',
    nulls: 'propagate',
    doc: 'The fraction of a line at which it is closest to a point.',
    evaluate: ([shape, longitude, latitude, useSpheroid]) => {
      refuseSpheroid('geo_line_locate_point', useSpheroid);
      const line = readLine(shape);
      const position = readPosition(longitude, latitude);
      if (!line || !position) return null;
      const edges = edgesOf([line]);
      const { point, edge } = closestOnEdges(toVector(position), edges);
      const before = lengthOf(edges.slice(0, edge)) + angleBetween(edges[edge]![0], point);
      return Math.min(1, before / lengthOf(edges));
    },
  },
  {
    name: 'geo_distance_point_to_line',
    nulls: 'propagate',
    doc: 'Distance of a point from a line in meters.',
    evaluate: ([longitude, latitude, shape, useSpheroid]) => {
      refuseSpheroid('geo_distance_point_to_line', useSpheroid);
      const lines = readLines(shape);
      const position = readPosition(longitude, latitude);
      if (!lines || !position) return null;
      return distanceToLines(toVector(position), lines);
    },
  },
  {
    name: 'geo_closest_point_on_line',
    nulls: 'propagate',
    doc: 'The point of a line that is closest to a point.',
    evaluate: ([longitude, latitude, shape, useSpheroid]) => {
      refuseSpheroid('geo_closest_point_on_line', useSpheroid);
      const lines = readLines(shape);
      const position = readPosition(longitude, latitude);
      return lines && position ? writePoint(closestOnEdges(toVector(position), edgesOf(lines)).point) : null;
    },
  },
  {
    name: 'geo_intersects_2lines',
    nulls: 'propagate',
    doc: 'True when two lines have a point in common.',
    evaluate: ([a, b]) => {
      const left = readLines(a);
      const right = readLines(b);
      return left && right ? crossings(edgesOf(left), edgesOf(right)).length > 0 : null;
    },
  },
  {
    name: 'geo_intersection_2lines',
    nulls: 'propagate',
    doc: 'What two lines have in common: points or lines.',
    evaluate: ([a, b]) => {
      const left = readLines(a);
      const right = readLines(b);
      if (!left || !right) return null;
      const keys = new Set(edgesOf(right).map(keyOf));
      const common = unionEdges(left).filter((edge) => keys.has(keyOf(edge)));
      const onCommon = new Set(common.flat().map((point) => point.join()));
      const points = crossings(edgesOf(left), edgesOf(right)).filter((point) => !onCommon.has(point.join()));
      if (common.length === 0) return writePoints(points);
      if (points.length === 0) return writeLines(chain(common));
      return `{"type":"GeometryCollection","geometries":[${writePoints(points)},${writeLines(chain(common))}]}`;
    },
  },
  {
    name: 'geo_union_lines_array',
    nulls: 'propagate',
    doc: 'The union of lines.',
    evaluate: ([shapes]) => {
      const lines = readArray(shapes, readLines)?.flat();
      return lines ? writeLines(chain(unionEdges(lines))) : null;
    },
  },
];
