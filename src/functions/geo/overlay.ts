import { intersection, union, type Geom } from 'polyclip-ts';
import { s2 } from 's2js';
import { KustoError } from '../../errors/index.js';
import { polygonEdges, ringEdges, ringsOf, type Edge, type Polygon, type Ring } from './rings.js';
import { add, cross, dot, length, normal, normalize, same, subtract, type Vector } from './sphere.js';

type PlaneRing = [number, number][];
type MultiPoly = PlaneRing[][];

/**
 * Unions and intersections of polygons. The gnomonic projection turns geodesics into straight lines, so an overlay in
 * the plane is that of the sphere. It shows less than half of the sphere; shapes further apart are refused.
 */
export function intersect(left: readonly Polygon[], right: readonly Polygon[]): Polygon[] {
  return overlay(left, right, intersection);
}

/** Two by two, those with the fewest vertices first. As in the reference: the order decides where rings begin. */
export function unite(polygons: readonly Polygon[]): Polygon[] {
  const queue = polygons.map((polygon) => [polygon]);
  const size = (shapes: readonly Polygon[]) => ringsOf(shapes).reduce((total, ring) => total + ring.length, 0);
  for (;;) {
    queue.sort((a, b) => size(a) - size(b));
    const [first, second] = queue.splice(0, 2);
    if (!second) return first ?? [];
    queue.push(overlay(first!, second, union));
  }
}

/** The union of all parts at once, whose rings begin by the order of the edges. */
export function uniteAlong(parts: readonly Polygon[], edges: readonly Edge[]): Polygon[] {
  const plane = planeOf(ringsOf(parts).flat());
  const [first, ...rest] = parts.map((part) => plane.project([part]));
  return ordered(plane.lift(union(first!, ...rest)), edges);
}

function overlay(
  left: readonly Polygon[],
  right: readonly Polygon[],
  combine: (a: Geom, b: Geom) => MultiPoly,
): Polygon[] {
  const plane = planeOf(ringsOf([...left, ...right]).flat());
  const found = plane.lift(combine(plane.project(left), plane.project(right)));
  return ordered(found, polygonEdges([...left, ...right]));
}

function ordered(polygons: readonly Polygon[], edges: readonly Edge[]): Polygon[] {
  const found = polygons
    .map(({ shell, holes }) => ({
      shell: beginAfterLast(shell, edges),
      holes: holes.map((hole) => beginAfterLast(hole, edges)),
    }))
    .sort((a, b) => a.shell.rank - b.shell.rank);
  return found.map(({ shell, holes }) => ({ shell: shell.ring, holes: holes.map(({ ring }) => ring) }));
}

/** The cosine of how far a vertex may lie from the middle: beyond 75°, the projection loses its digits. */
const HORIZON = Math.cos((75 * Math.PI) / 180);

/** The plane that touches the sphere in a point. */
class Plane {
  private readonly x: Vector;
  private readonly y: Vector;
  /** The vertices as they were given, by where they were projected to: a round trip would change their last digits. */
  private readonly origins = new Map<string, Vector>();

  constructor(private readonly center: Vector) {
    const pole: Vector = Math.abs(center[2]) < 0.9 ? [0, 0, 1] : [1, 0, 0];
    this.x = normalize(cross(pole, center));
    this.y = cross(center, this.x);
  }

  project(polygons: readonly Polygon[]): Geom {
    const ring = (vertices: Ring): PlaneRing => vertices.map((vertex) => this.point(vertex));
    return polygons.map(({ shell, holes }) => [ring(shell), ...holes.map(ring)]);
  }

  lift(shapes: MultiPoly): Polygon[] {
    const ring = (vertices: PlaneRing): Ring => vertices.slice(0, -1).map((point) => this.vector(point));
    return shapes.map(([shell, ...holes]) => ({ shell: ring(shell!), holes: holes.map(ring) }));
  }

  private point(v: Vector): [number, number] {
    const depth = dot(v, this.center);
    const point: [number, number] = [dot(v, this.x) / depth, dot(v, this.y) / depth];
    this.origins.set(point.join(), v);
    return point;
  }

  private vector([x, y]: readonly [number, number]): Vector {
    const known = this.origins.get(`${x},${y}`);
    if (known) return known;
    const { center } = this;
    return normalize([
      center[0] + this.x[0] * x + this.y[0] * y,
      center[1] + this.x[1] * x + this.y[1] * y,
      center[2] + this.x[2] * x + this.y[2] * y,
    ]);
  }
}

function planeOf(points: readonly Vector[]): Plane {
  const sum = points.reduce<Vector>(add, [0, 0, 0]);
  const center = length(sum) > 0 ? normalize(sum) : undefined;
  if (!center || points.some((point) => dot(point, center) < HORIZON)) {
    throw new KustoError('CAL0001', 'Overlays of geospatial shapes that span more than 150 degrees are not supported.');
  }
  return new Plane(center);
}

/** Larger overlays keep the ring's own begin: looking up the edges would take too long. */
const MOST_COMPARISONS = 4_000_000;

interface Ordered {
  readonly ring: Ring;
  /** The place of its first edge among the given ones. */
  readonly rank: number;
}

/**
 * The ring, begun where the edge ends that was given last. Of an edge that was cut, the part counts that comes first from
 * the vertex of the lowest S2 cell: where S2's builder starts to look.
 */
function beginAfterLast(ring: Ring, given: readonly Edge[]): Ordered {
  if (ring.length * given.length > MOST_COMPARISONS) return { ring, rank: -1 };
  const ids = ring.map(([x, y, z]) => s2.cellid.fromPoint(new s2.Point(x, y, z)));
  const lowest = ids.reduce((best, id, i) => (id < ids[best]! ? i : best), 0);
  const turned = [...ring.slice(lowest), ...ring.slice(0, lowest)];
  const ranks = ringEdges(turned).map(([p, q]) => given.findLastIndex((edge) => liesOn(p, q, edge)));
  let last = 0;
  let isBehind = false;
  ranks.forEach((rank, i) => {
    if (rank < ranks[last]!) {
      isBehind = true;
    } else if (rank > ranks[last]! || !isBehind) {
      last = i;
      isBehind = false;
    }
  });
  const first = (last + 1) % turned.length;
  return { ring: [...turned.slice(first), ...turned.slice(0, first)], rank: ranks[first]! };
}

/** True when the edge from p to q is a part of an edge, in its direction. */
function liesOn(p: Vector, q: Vector, [a, b]: Edge): boolean {
  const plane = normalize(normal(a, b));
  const on = (point: Vector) => same(point, a) || same(point, b) || Math.abs(dot(point, plane)) < 1e-12;
  const along = subtract(b, a);
  const [from, to] = [dot(subtract(p, a), along), dot(subtract(q, a), along)];
  return on(p) && on(q) && from < to && from >= -1e-12 && to <= dot(along, along) + 1e-12;
}
