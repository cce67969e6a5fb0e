import type { ScalarFunction } from '../scalar-function.js';
import {
  edgesOf,
  readArray,
  readLines,
  readPolygons,
  readPosition,
  refuseSpheroid,
  writeLines,
  writePoint,
  writePoints,
  writePolygons,
  type Line,
} from './geojson.js';
import { closestOnEdges, crossings, lengthOf } from './lines.js';
import { intersect, unite } from './overlay.js';
import { polygonEdges, polygonsArea, polygonsCentroid, polygonsContain, type Polygon } from './rings.js';
import { add, angleBetween, dot, EARTH_RADIUS, normalize, same, subtract, toVector, type Vector } from './sphere.js';

/** Functions over polygons. */

const united = (polygons: readonly Polygon[]): readonly Polygon[] => (polygons.length > 1 ? unite(polygons) : polygons);

/** Meters; 0 inside. */
export const distanceToPolygons = (p: Vector, polygons: readonly Polygon[]): number =>
  polygonsContain(polygons, p) ? 0 : angleBetween(p, closestOnEdges(p, polygonEdges(polygons)).point) * EARTH_RADIUS;

function intersects(left: readonly Polygon[], right: readonly Polygon[]): boolean {
  return (
    crossings(polygonEdges(left), polygonEdges(right)).length > 0 ||
    left.some(({ shell }) => polygonsContain(right, shell[0]!)) ||
    right.some(({ shell }) => polygonsContain(left, shell[0]!))
  );
}

/** The parts of lines inside of polygons. */
function clip(lines: readonly Line[], polygons: readonly Polygon[]): Line[] {
  const edges = polygonEdges(polygons);
  return lines.flatMap((line) => {
    const parts: Vector[][] = [];
    for (const [a, b] of edgesOf([line])) {
      const away = (p: Vector) => dot(subtract(p, a), subtract(p, a));
      const cuts = crossings([[a, b]], edges).sort((p, q) => away(p) - away(q));
      const stops = [a, ...cuts.filter((cut) => !same(cut, a) && !same(cut, b)), b];
      for (let i = 1; i < stops.length; i++) {
        const [from, to] = [stops[i - 1]!, stops[i]!];
        if (!polygonsContain(polygons, normalize(add(from, to)))) continue;
        const last = parts.at(-1);
        if (last && same(last.at(-1)!, from)) last.push(to);
        else parts.push([from, to]);
      }
    }
    return parts;
  });
}

/** Radians within which a point lies on an edge, but for what the overlay rounded. */
const TOUCHING = 1e-12;

export const POLYGON_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'geo_point_in_polygon',
    nulls: 'propagate',
    doc: 'True when a point lies in a polygon.',
    evaluate: ([longitude, latitude, shape]) => {
      const position = readPosition(longitude, latitude);
      const polygons = readPolygons(shape);
      return position && polygons ? polygonsContain(polygons, toVector(position)) : null;
    },
  },
  {
    name: 'geo_distance_point_to_polygon',
    nulls: 'propagate',
    doc: 'Distance of a point from a polygon in meters; 0 inside.',
    evaluate: ([longitude, latitude, shape, useSpheroid]) => {
      refuseSpheroid('geo_distance_point_to_polygon', useSpheroid);
      const position = readPosition(longitude, latitude);
      const polygons = readPolygons(shape);
      if (!position || !polygons) return null;
      return distanceToPolygons(toVector(position), polygons);
    },
  },
  {
    name: 'geo_closest_point_on_polygon',
    nulls: 'propagate',
    doc: 'The point of a polygon that is closest to a point: the point itself inside.',
    evaluate: ([longitude, latitude, shape, useSpheroid]) => {
      refuseSpheroid('geo_closest_point_on_polygon', useSpheroid);
      const position = readPosition(longitude, latitude);
      const polygons = readPolygons(shape);
      if (!position || !polygons) return null;
      const p = toVector(position);
      return writePoint(polygonsContain(polygons, p) ? p : closestOnEdges(p, polygonEdges(polygons)).point);
    },
  },
  {
    name: 'geo_polygon_area',
    nulls: 'propagate',
    doc: 'Area of a polygon in square meters.',
    evaluate: ([shape, useSpheroid]) => {
      refuseSpheroid('geo_polygon_area', useSpheroid);
      const polygons = readPolygons(shape);
      return polygons ? polygonsArea(united(polygons)) * EARTH_RADIUS * EARTH_RADIUS : null;
    },
  },
  {
    name: 'geo_polygon_perimeter',
    nulls: 'propagate',
    doc: 'Length of the boundary of a polygon in meters.',
    evaluate: ([shape, useSpheroid]) => {
      refuseSpheroid('geo_polygon_perimeter', useSpheroid);
      const polygons = readPolygons(shape);
      return polygons ? lengthOf(polygonEdges(united(polygons))) * EARTH_RADIUS : null;
    },
  },
  {
    name: 'geo_polygon_centroid',
    nulls: 'propagate',
    doc: 'The center of mass of a polygon.',
    evaluate: ([shape]) => {
      const polygons = readPolygons(shape);
      const center = polygons && polygonsCentroid(united(polygons));
      return center ? writePoint(center) : null;
    },
  },
  {
    name: 'geo_intersects_2polygons',
    nulls: 'propagate',
    doc: 'True when two polygons have a point in common.',
    evaluate: ([a, b]) => {
      const left = readPolygons(a);
      const right = readPolygons(b);
      return left && right ? intersects(left, right) : null;
    },
  },
  {
    name: 'geo_intersects_line_with_polygon',
    nulls: 'propagate',
    doc: 'True when a line and a polygon have a point in common.',
    evaluate: ([a, b]) => {
      const lines = readLines(a);
      const polygons = readPolygons(b);
      if (!lines || !polygons) return null;
      return (
        crossings(edgesOf(lines), polygonEdges(polygons)).length > 0 ||
        lines.some((line) => polygonsContain(polygons, line[0]!))
      );
    },
  },
  {
    name: 'geo_intersection_2polygons',
    nulls: 'propagate',
    doc: 'What two polygons have in common.',
    evaluate: ([a, b]) => {
      const left = readPolygons(a);
      const right = readPolygons(b);
      if (!left || !right) return null;
      const common = intersects(left, right) ? intersect(left, right) : [];
      // Where polygons only touch, they have points in common.
      const met = crossings(polygonEdges(left), polygonEdges(right));
      if (common.length === 0) return writePoints(met);
      const edges = polygonEdges(common);
      const points = met.filter((point) => angleBetween(point, closestOnEdges(point, edges).point) > TOUCHING);
      if (points.length === 0) return writePolygons(common);
      return `{"type":"GeometryCollection","geometries":[${writePoints(points)},${writePolygons(common)}]}`;
    },
  },
  {
    name: 'geo_intersection_line_with_polygon',
    nulls: 'propagate',
    doc: 'The parts of a line inside of a polygon.',
    evaluate: ([a, b]) => {
      const lines = readLines(a);
      const polygons = readPolygons(b);
      if (!lines || !polygons) return null;
      const parts = clip(lines, polygons);
      return parts.length > 0 ? writeLines(parts) : writePoints(crossings(edgesOf(lines), polygonEdges(polygons)));
    },
  },
  {
    name: 'geo_union_polygons_array',
    nulls: 'propagate',
    doc: 'The union of polygons.',
    evaluate: ([shapes]) => {
      const polygons = readArray(shapes, readPolygons)?.flat();
      return polygons ? writePolygons(united(polygons)) : null;
    },
  },
];
