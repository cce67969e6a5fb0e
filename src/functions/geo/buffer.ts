import { KustoError } from '../../errors/index.js';
import type { KustoValue } from '../../values/index.js';
import type { ScalarFunction } from '../scalar-function.js';
import { readLines, readPolygons, readPosition, writePolygons, type Line } from './geojson.js';
import { uniteAlong } from './overlay.js';
import { ringEdges, ringsOf, type Edge, type Polygon } from './rings.js';
import {
  add,
  angleBetween,
  cross,
  EARTH_RADIUS,
  normal,
  normalize,
  scale,
  side,
  toVector,
  type Vector,
} from './sphere.js';
import { cos, sin } from './trigonometry.js';

/**
 * The area within a distance of a shape, by the vertices that S2's buffer operation makes: a path of offset edges and of
 * arcs around vertices, whose steps are as long as the tolerance allows.
 */
class Buffer {
  /** What the path sweeps over: a part to each edge and to each arc. */
  private readonly parts: Polygon[] = [];
  private readonly edges: Edge[] = [];
  private path: Vector[] = [];
  private readonly vertexStep: number;
  private readonly edgeStep: number;

  constructor(
    private readonly radius: number,
    error: number,
  ) {
    this.vertexStep = longestStep(radius, error);
    const edgeRadius = Math.PI / 2 - radius;
    this.edgeStep = edgeRadius > error ? longestStep(edgeRadius, error) : 0;
    if (this.edgeStep === 0) throw new KustoError('CAL0001', 'Buffers of a quarter of the Earth are not supported.');
  }

  disc(center: Vector): void {
    const step = (2 * Math.PI) / Math.ceil((2 * Math.PI) / this.vertexStep) + 1e-15;
    const start = orthogonal(center);
    const turned = normalize(cross(center, start));
    for (let angle = 0; angle < 2 * Math.PI - 1e-9; angle += step) {
      this.path.push(onRay(center, onRay(start, turned, angle), this.radius));
    }
    this.parts.push({ shell: this.path, holes: [] });
    this.close();
  }

  line(line: Line): void {
    this.cap(line[0]!, line[1]!, true);
    this.way(line);
    this.cap(line.at(-2)!, line.at(-1)!, false);
    this.way([...line].reverse());
    this.close();
  }

  /** The polygons to their right-hand side: shells outwards, holes inwards. */
  polygon(polygon: Polygon): void {
    this.parts.push(polygon);
    for (const ring of ringsOf([polygon])) {
      this.way([...ring, ring[0]!, ring[1]!]);
      this.close();
    }
  }

  result(): Polygon[] {
    return uniteAlong(this.parts, this.edges);
  }

  private close(): void {
    this.edges.push(...ringEdges(this.path));
    this.path = [];
  }

  /** The edges to the right of a way, and its inner vertices. A ring's way ends with its first edge, which is left out. */
  private way(points: readonly Vector[]): void {
    const isRing = points.length > 3 && points[0] === points.at(-2) && points[1] === points.at(-1);
    const last = isRing ? points.length - 2 : points.length - 1;
    for (let i = 0; i < last; i++) {
      const [a, b, c] = [points[i]!, points[i + 1]!, points[i + 2]];
      const offset = this.edge(a, b);
      if (!c) {
        this.path.push(...offset.slice(0, -1));
      } else if (side(a, b, c) >= 0) {
        this.path.push(...offset.slice(0, -1));
        const arc = this.arc(b, axisOf(a, b), axisOf(b, c));
        this.path.push(...arc.slice(0, -1));
      } else {
        this.path.push(...offset, b);
      }
    }
  }

  private edge(a: Vector, b: Vector): Vector[] {
    const axis = axisOf(a, b);
    const direction = normalize(cross(a, axis));
    const span = angleBetween(a, b);
    const offset: Vector[] = [];
    for (let angle = 0; angle === 0 || angle < span; angle += this.edgeStep) {
      offset.push(onRay(onRay(a, direction, angle), axis, this.radius));
    }
    offset.push(onRay(b, axis, this.radius));
    this.parts.push({ shell: [b, a, ...offset], holes: [] });
    return offset;
  }

  /** Around v, with both ends. */
  private arc(v: Vector, start: Vector, end: Vector): Vector[] {
    const direction = normalize(cross(v, start));
    const span = angleBetween(start, end);
    const points: Vector[] = [];
    for (let angle = 0; angle === 0 || angle < span; angle += this.vertexStep) {
      points.push(onRay(v, onRay(start, direction, angle), this.radius));
    }
    points.push(onRay(v, end, this.radius));
    this.parts.push({ shell: [v, ...points], holes: [] });
    return points;
  }

  private cap(a: Vector, b: Vector, isStart: boolean): void {
    const axis = axisOf(a, b);
    const opposite = scale(axis, -1);
    this.path.push(...(isStart ? this.arc(a, opposite, axis) : this.arc(b, axis, opposite)).slice(0, -1));
  }
}

/** Of an edge, to its right. */
const axisOf = (a: Vector, b: Vector): Vector => normalize(normal(b, a));

const onRay = (origin: Vector, direction: Vector, angle: number): Vector =>
  normalize(add(scale(origin, cos(angle)), scale(direction, sin(angle))));

/** The longest step on a circle whose chords stay within the error. */
function longestStep(radius: number, error: number): number {
  const third = (2 * Math.PI) / 3 + 1e-15;
  const inner = radius - error;
  if (radius < Math.PI / 2) return Math.min(third, 2 * Math.acos(Math.tan(inner) / Math.tan(radius)));
  return inner > Math.PI / 2 ? Math.min(third, 2 * Math.acos(Math.tan(radius) / Math.tan(inner))) : third;
}

/** Some vector at a right angle: S2's choice, where discs begin. */
function orthogonal(v: Vector): Vector {
  const [x, y, z] = v.map(Math.abs) as [number, number, number];
  const largest = x > y ? (x > z ? 0 : 2) : y > z ? 1 : 2;
  const other: [number, number, number] = [0.012, 0.0053, 0.00457];
  other[(largest + 2) % 3] = 1;
  return normalize(cross(v, other));
}

const LEAST_FRACTION = 1e-6;
const MOST_FRACTION = 0.9999;

/** The buffer by a radius and a tolerance in meters; undefined when they are invalid. */
function bufferOf(
  name: string,
  radiusArgument: KustoValue | undefined,
  toleranceArgument: KustoValue | undefined,
): Buffer | undefined {
  const radius = Number(radiusArgument);
  const tolerance = Number(toleranceArgument ?? 10);
  if (!(radius > 0 && Number.isFinite(radius) && tolerance > 0)) return undefined;
  const fraction = tolerance / radius;
  if (fraction < LEAST_FRACTION) {
    throw new KustoError('CAL0001', `${name}(): a tolerance of less than 0.0001% of the radius is not supported.`);
  }
  const angle = radius / EARTH_RADIUS;
  return new Buffer(angle, angle * Math.min(fraction, MOST_FRACTION));
}

export const BUFFER_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'geo_point_buffer',
    nulls: 'propagate',
    doc: 'The circle around a point.',
    evaluate: ([longitude, latitude, radius, tolerance]) => {
      const position = readPosition(longitude, latitude);
      const buffer = position && bufferOf('geo_point_buffer', radius, tolerance);
      if (!buffer) return null;
      buffer.disc(toVector(position));
      return writePolygons(buffer.result());
    },
  },
  {
    name: 'geo_line_buffer',
    nulls: 'propagate',
    doc: 'The area around a line.',
    evaluate: ([shape, radius, tolerance]) => {
      const lines = readLines(shape);
      const buffer = lines && bufferOf('geo_line_buffer', radius, tolerance);
      if (!buffer) return null;
      for (const line of lines) buffer.line(line);
      return writePolygons(buffer.result());
    },
  },
  {
    name: 'geo_polygon_buffer',
    nulls: 'propagate',
    doc: 'A polygon and the area around it.',
    evaluate: ([shape, radius, tolerance]) => {
      const polygons = readPolygons(shape);
      const buffer = polygons && bufferOf('geo_polygon_buffer', radius, tolerance);
      if (!buffer) return null;
      for (const polygon of polygons) buffer.polygon(polygon);
      return writePolygons(buffer.result());
    },
  },
];
