import { s1, s2 } from 's2js';
import { KustoError } from '../../errors/index.js';
import { add, angleBetween, closestOnEdge, cross, dot, normalize, side, subtract, type Vector } from './sphere.js';

/**
 * Simplification as S2's builder does it (IdentitySnapFunction with simplify_edge_chains; source: s2builder.h): vertices
 * closer to each other than the tolerance become one, and a chain of edges becomes one edge as long as that passes
 * within the tolerance of every vertex it replaces, and on the same side of all others. What would need the builder's
 * further steps (vertices that it adds to keep edges apart, shapes that pinch) is refused.
 */

/** The vertices of a line, or of a ring without the closing one. */
export interface Path {
  readonly vertices: readonly Vector[];
  readonly isRing: boolean;
}

/** An edge between two sites, and the input edges that it stands for. */
interface SnappedEdge {
  readonly from: number;
  readonly to: number;
  /** The first of the input edges. */
  readonly input: number;
  /** Sites that the edge may have to avoid. */
  readonly near: readonly number[];
}

const refuse = (): never => {
  throw new KustoError(
    'CAL0001',
    'Simplifying a shape whose parts come closer to each other than the tolerance is not supported.',
  );
};

/** Radians: longer edges would have to be split. */
const LONGEST_EDGE = 0.8;

/** The simplified paths in order; undefined for those that vanish. The tolerance is in radians. */
export function simplified(paths: readonly Path[], tolerance: number): (Path | undefined)[] {
  if (tolerance === 0) return [...paths];
  const builder = new Simplifier(
    paths.flatMap((path) => path.vertices),
    tolerance,
  );
  return paths.map((path) => builder.path(path));
}

/** Without an array of the difference: it is taken of every pair of vertices. */
function square(a: Vector, b: Vector): number {
  const [x, y, z] = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
  return x * x + y * y + z * z;
}

/** The chord, which is quickly told, is no longer than the angle. */
const isWithin = (a: Vector, b: Vector, angle: number): boolean =>
  square(a, b) <= angle * angle && angleBetween(a, b) <= angle;

class Simplifier {
  private readonly sites: Vector[] = [];
  /** Input vertices by the site that they became. */
  private readonly snapped: Vector[][] = [];
  private readonly taken = new Set<number>();
  private inputs = 0;

  constructor(
    vertices: readonly Vector[],
    private readonly tolerance: number,
  ) {
    const keyed = vertices.map((vertex) => ({ vertex, id: s2.cellid.fromPoint(new s2.Point(...vertex)) }));
    keyed.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
    for (const { vertex } of keyed) {
      if (!this.sites.some((site) => isWithin(site, vertex, tolerance))) this.sites.push(vertex);
    }
    this.sites.forEach(() => this.snapped.push([]));
    for (const vertex of vertices) this.snapped[this.nearest(vertex)]!.push(vertex);
  }

  path({ vertices, isRing }: Path): Path | undefined {
    const edges = this.edges(vertices, isRing);
    if (edges.length < (isRing ? 3 : 1)) return undefined;
    const places = new Set(edges.flatMap(({ from, to }) => [from, to]));
    if (places.size !== edges.length + (isRing ? 0 : 1) || [...places].some((site) => this.taken.has(site))) refuse();
    places.forEach((site) => this.taken.add(site));
    const first = isRing ? edges.reduce((best, edge, i) => (edge.from < edges[best]!.from ? i : best), 0) : 0;
    const merged = this.merged([...edges.slice(first), ...edges.slice(0, first)]);
    if (!isRing)
      return { isRing, vertices: [...merged.map(({ from }) => from), merged.at(-1)!.to].map((s) => this.sites[s]!) };
    if (merged.length < 3) return undefined;
    const last = merged.reduce((best, edge, i) => (edge.input > merged[best]!.input ? i : best), 0);
    const turned = [...merged.slice(last + 1), ...merged.slice(0, last + 1)];
    return { isRing, vertices: turned.map(({ from }) => this.sites[from]!) };
  }

  private nearest(vertex: Vector): number {
    let best = 0;
    let shortest = Infinity;
    this.sites.forEach((site, i) => {
      const distance = square(site, vertex);
      if (distance < shortest) [best, shortest] = [i, distance];
    });
    return best;
  }

  /** The input edges as chains of the sites that they come by, without edges of no length. */
  private edges(vertices: readonly Vector[], isRing: boolean): SnappedEdge[] {
    const found: SnappedEdge[] = [];
    const count = isRing ? vertices.length : vertices.length - 1;
    for (let i = 0; i < count; i++) {
      const [a, b] = [vertices[i]!, vertices[(i + 1) % vertices.length]!];
      if (angleBetween(a, b) > LONGEST_EDGE) refuse();
      const input = this.inputs++;
      const near = this.nearEdge(a, b, 1.6 * this.tolerance);
      const chain = this.chain(a, b, this.nearEdge(a, b, this.tolerance, near));
      for (let k = 1; k < chain.length; k++) {
        const [from, to] = [chain[k - 1]!, chain[k]!];
        this.requireApart(from, to, near);
        found.push({ from, to, input, near });
      }
    }
    return found;
  }

  private nearEdge(a: Vector, b: Vector, radius: number, among?: readonly number[]): number[] {
    const middle = normalize(add(a, b));
    const reach = angleBetween(a, middle) + radius;
    const found: number[] = [];
    const test = (i: number) => {
      const site = this.sites[i]!;
      if (isWithin(site, middle, reach) && isWithin(site, closestOnEdge(site, a, b), radius)) found.push(i);
    };
    if (among) among.forEach(test);
    else for (let i = 0; i < this.sites.length; i++) test(i);
    return found;
  }

  /** The sites whose regions an edge runs through: of the squares of the distances, only linear parts differ. */
  private chain(a: Vector, b: Vector, candidates: readonly number[]): number[] {
    const step = subtract(b, a);
    const lines = candidates.map((site) => ({
      site,
      at: -square(a, this.sites[site]!) / 2,
      slope: dot(step, subtract(this.sites[site]!, a)),
    }));
    let current = lines.reduce((best, line) => (line.at > best.at ? line : best));
    const chain = [current.site];
    for (let t = 0; ;) {
      let next: typeof current | undefined;
      let soonest = 1;
      for (const line of lines) {
        if (line.slope <= current.slope) continue;
        const meets = (current.at - line.at) / (line.slope - current.slope);
        if (meets >= t && meets < soonest) [next, soonest] = [line, meets];
      }
      if (!next) return chain;
      [current, t] = [next, soonest];
      chain.push(current.site);
    }
  }

  /** Where another vertex is too close to an edge, the builder would add one. */
  private requireApart(from: number, to: number, near: readonly number[]): void {
    const [a, b] = [this.sites[from]!, this.sites[to]!];
    for (const other of near) {
      if (other === from || other === to) continue;
      const site = this.sites[other]!;
      if (isWithin(site, closestOnEdge(site, a, b), 0.5 * this.tolerance)) refuse();
    }
  }

  /** Replaces chains of edges by one each. */
  private merged(edges: readonly SnappedEdge[]): SnappedEdge[] {
    const result: SnappedEdge[] = [];
    for (let begin = 0; begin < edges.length;) {
      const { from } = edges[begin]!;
      const used = new Set([from]);
      const window = new Directions(this.sites[from]!);
      const isOpen = this.avoids(from, edges[begin]!, used, window);
      let end = begin + 1;
      for (; end < edges.length && isOpen; end++) {
        const next = edges[end]!;
        used.add(next.from);
        const isPassed =
          this.snapped[next.from]!.every((vertex) => window.target(vertex, this.tolerance)) &&
          this.avoids(from, next, used, window) &&
          window.has(this.sites[next.to]!);
        if (!isPassed) break;
      }
      const chain = edges.slice(begin, end);
      const input = Math.min(...chain.map((edge) => edge.input));
      result.push({ from, to: chain.at(-1)!.to, input, near: [] });
      begin = end;
    }
    return result;
  }

  /** Keeps the sites beside an edge of the chain on their side; false when the chain cannot go on over it. */
  private avoids(start: number, { from, to, near }: SnappedEdge, used: Set<number>, window: Directions): boolean {
    const [p0, p1, p2] = [this.sites[start]!, this.sites[from]!, this.sites[to]!];
    const reach = angleBetween(p0, p2);
    if (reach < angleBetween(p0, p1) || reach > LONGEST_EDGE) return false;
    for (const site of near) {
      const p = this.sites[site]!;
      if (angleBetween(p0, p) >= reach || used.has(site)) continue;
      used.add(site);
      const isOnLeft = start === from ? side(p1, p2, p) > 0 : counterclockwise(p0, p2, p, p1);
      if (!window.avoid(p, 0.5 * this.tolerance, isOnLeft)) return false;
    }
    return true;
  }
}

/** True when the edges from o to a, b and c are met in this order going counterclockwise. */
function counterclockwise(o: Vector, a: Vector, b: Vector, c: Vector): boolean {
  const turns = [side(b, o, a) >= 0, side(c, o, b) >= 0, side(a, o, c) > 0];
  return turns.filter(Boolean).length >= 2;
}

/** The directions in which one edge from a point does what a chain of edges did (S2PolylineSimplifier). */
class Directions {
  private readonly x: Vector;
  private readonly y: Vector;
  private window = s1.Interval.fullInterval();
  private waiting: { readonly range: s1.Interval; readonly isOnLeft: boolean }[] = [];

  constructor(private readonly origin: Vector) {
    const axis: Vector = Math.abs(origin[2]) < 0.9 ? [0, 0, 1] : [1, 0, 0];
    this.x = normalize(cross(axis, origin));
    this.y = cross(origin, this.x);
  }

  has(p: Vector): boolean {
    const direction = this.direction(p);
    return this.window.contains(direction) && !this.waiting.some(({ range }) => range.contains(direction));
  }

  /** Narrows to the directions that meet a disc. */
  target(p: Vector, radius: number): boolean {
    const range = this.disc(p, radius);
    if (!range) return true;
    this.window = this.window.intersection(range);
    const waiting = this.waiting;
    this.waiting = [];
    for (const { range: avoided, isOnLeft } of waiting) this.pass(avoided, isOnLeft);
    return !this.window.isEmpty();
  }

  /** Narrows to the directions that pass a disc on its one side. */
  avoid(p: Vector, radius: number, isOnLeft: boolean): boolean {
    const range = this.disc(p, radius);
    if (!range) return false;
    if (this.window.isFull()) this.waiting.push({ range, isOnLeft });
    else this.pass(range, isOnLeft);
    return !this.window.isEmpty();
  }

  private pass(range: s1.Interval, isOnLeft: boolean): void {
    if (this.window.containsInterval(range)) {
      this.window = isOnLeft
        ? s1.Interval.fromEndpoints(this.window.lo, range.lo)
        : s1.Interval.fromEndpoints(range.hi, this.window.hi);
    } else {
      this.window = this.window.intersection(range.complement());
    }
  }

  private direction(p: Vector): number {
    return Math.atan2(dot(this.y, p), dot(this.x, p));
  }

  /** The directions towards a disc; undefined when the origin lies in it. */
  private disc(p: Vector, radius: number): s1.Interval | undefined {
    const away = angleBetween(this.origin, p);
    if (away <= radius) return undefined;
    const half = Math.asin(Math.sin(radius) / Math.sin(away));
    const center = this.direction(p);
    return s1.Interval.fromEndpoints(wrapped(center - half), wrapped(center + half));
  }
}

const wrapped = (angle: number): number =>
  angle > Math.PI ? angle - 2 * Math.PI : angle < -Math.PI ? angle + 2 * Math.PI : angle;
