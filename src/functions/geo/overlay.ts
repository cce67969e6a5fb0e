import { intersection, union, type Geom } from 'polyclip-ts';
import { KustoError } from '../../errors/index.js';
import { ringsOf, type Polygon, type Ring } from './geojson.js';
import { add, cross, dot, length, normalize, type Vector } from './sphere.js';

type PlaneRing = [number, number][];
type MultiPoly = PlaneRing[][];

/**
 * Unions and intersections of polygons. The gnomonic projection turns geodesics into straight lines, so an overlay in
 * the plane is that of the sphere. It shows less than half of the sphere; shapes further apart are refused.
 */
export function unite(polygons: readonly Polygon[]): Polygon[] {
  return overlay(polygons, (plane) => {
    const [first, ...rest] = polygons.map((polygon) => plane.project([polygon]));
    return union(first!, ...rest);
  });
}

export function intersect(left: readonly Polygon[], right: readonly Polygon[]): Polygon[] {
  return overlay([...left, ...right], (plane) => intersection(plane.project(left), plane.project(right)));
}

/** The cosine of how far a vertex may lie from the middle: beyond 75°, the projection loses its digits. */
const HORIZON = Math.cos((75 * Math.PI) / 180);

export class Plane {
  private readonly x: Vector;
  private readonly y: Vector;
  /** The vertices as they were given, by where they were projected to: a round trip would change their last digits. */
  private readonly origins = new Map<string, Vector>();

  constructor(private readonly center: Vector) {
    const pole: Vector = Math.abs(center[2]) < 0.9 ? [0, 0, 1] : [1, 0, 0];
    this.x = normalize(cross(pole, center));
    this.y = cross(center, this.x);
  }

  point(v: Vector): [number, number] {
    const depth = dot(v, this.center);
    const point: [number, number] = [dot(v, this.x) / depth, dot(v, this.y) / depth];
    this.origins.set(point.join(), v);
    return point;
  }

  vector([x, y]: readonly [number, number]): Vector {
    const known = this.origins.get(`${x},${y}`);
    if (known) return known;
    const { center } = this;
    return normalize([
      center[0] + this.x[0] * x + this.y[0] * y,
      center[1] + this.x[1] * x + this.y[1] * y,
      center[2] + this.x[2] * x + this.y[2] * y,
    ]);
  }

  project(polygons: readonly Polygon[]): Geom {
    const ring = (vertices: Ring): PlaneRing => vertices.map((vertex) => this.point(vertex));
    return polygons.map(({ shell, holes }) => [ring(shell), ...holes.map(ring)]);
  }

  lift(shapes: MultiPoly): Polygon[] {
    const ring = (vertices: PlaneRing): Ring => vertices.slice(0, -1).map((point) => this.vector(point));
    return shapes.map(([shell, ...holes]) => ({ shell: ring(shell!), holes: holes.map(ring) }));
  }
}

/** The plane that touches the sphere in the middle of some points. */
export function planeOf(points: readonly Vector[]): Plane {
  const sum = points.reduce<Vector>(add, [0, 0, 0]);
  const center = length(sum) > 0 ? normalize(sum) : undefined;
  if (!center || points.some((point) => dot(point, center) < HORIZON)) {
    throw new KustoError('CAL0001', 'Overlays of geospatial shapes that span more than 150 degrees are not supported.');
  }
  return new Plane(center);
}

function overlay(polygons: readonly Polygon[], combine: (plane: Plane) => MultiPoly): Polygon[] {
  const plane = planeOf(ringsOf(polygons).flat());
  return plane.lift(combine(plane));
}
