import { KustoError } from '../../errors/index.js';
import type { KustoValue } from '../../values/index.js';
import { isArray, isBag, JsonNumber, numberOf, parseJson, writeJson, type Json, type JsonBag } from '../json.js';
import { realText } from '../real-text.js';
import { counterclockwise, type Polygon, type Ring } from './rings.js';
import { antipodal, same, side, toPosition, toVector, type Position, type Vector } from './sphere.js';

/** Shapes of GeoJSON as the reference takes them. What is no valid shape is undefined (and the function's result null). */

export type Line = readonly Vector[];

/** Longitude and latitude within their bounds. */
export function readPosition(
  longitude: KustoValue | undefined,
  latitude: KustoValue | undefined,
): Position | undefined {
  if (longitude === null || longitude === undefined || latitude === null || latitude === undefined) return undefined;
  const [x, y] = [Number(longitude), Number(latitude)];
  return Math.abs(x) <= 180 && Math.abs(y) <= 90 ? [x, y] : undefined;
}

function coordinate(value: Json): Vector | undefined {
  if (!isArray(value) || value.length < 2) return undefined;
  const position = readPosition(numberOf(value[0]), numberOf(value[1]));
  if (!position) return undefined;
  const vector = toVector(position);
  written.set(vector, position);
  return vector;
}

/** Where a vector came from: the way over the sphere changes the last digits. */
const written = new WeakMap<Vector, Position>();

export const positionOf = (vector: Vector): Position => written.get(vector) ?? toPosition(vector);

/** Every element converted; undefined when one of them cannot be, or there are none. */
function every<T>(value: Json | undefined, convert: (element: Json) => T | undefined): T[] | undefined {
  if (!isArray(value) || value.length === 0) return undefined;
  const result: T[] = [];
  for (const element of value) {
    const converted = convert(element);
    if (converted === undefined) return undefined;
    result.push(converted);
  }
  return result;
}

function line(value: Json): Line | undefined {
  const points = every(value, coordinate);
  if (!points) return undefined;
  // Points that repeat make no edge.
  const distinct = points.filter((point, i) => i === 0 || !same(point, points[i - 1]!));
  if (distinct.length < 2 || distinct.some((point, i) => i > 0 && antipodal(point, distinct[i - 1]!))) return undefined;
  return distinct;
}

function ring(value: Json): Ring | undefined {
  const points = every(value, coordinate);
  if (!points || points.length < 4 || !same(points[0]!, points.at(-1)!)) return undefined;
  const vertices = points.slice(0, -1);
  const distinct = new Set(vertices.map((vertex) => vertex.join()));
  if (distinct.size !== vertices.length) return undefined;
  if (vertices.some((vertex, i) => antipodal(vertex, vertices[(i + 1) % vertices.length]!))) return undefined;
  return crossesItself(vertices) ? undefined : vertices;
}

/** Rings beyond this are not checked for crossings of their own edges, which would take too long. */
const CHECKED_VERTICES = 2_000;

function crossesItself(ring: Ring): boolean {
  const n = ring.length;
  if (n > CHECKED_VERTICES) return false;
  for (let i = 0; i < n; i++) {
    const [a, b] = [ring[i]!, ring[(i + 1) % n]!];
    for (let j = i + 2; j < n; j++) {
      if (i === 0 && j === n - 1) continue;
      const [c, d] = [ring[j]!, ring[(j + 1) % n]!];
      if (side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0 && near(a, c)) return true;
    }
  }
  return false;
}

const near = (a: Vector, b: Vector): boolean => a[0] * b[0] + a[1] * b[1] + a[2] * b[2] > 0;

function polygon(value: Json): Polygon | undefined {
  const rings = every(value, ring);
  // Shells go counterclockwise and holes clockwise, whichever way they were written.
  return (
    rings && {
      shell: counterclockwise(rings[0]!),
      holes: rings.slice(1).map((hole) => [...counterclockwise(hole)].reverse()),
    }
  );
}

function bagOf(argument: KustoValue | undefined): JsonBag | undefined {
  const held = typeof argument === 'string' ? parseJson(argument) : undefined;
  return isBag(held) ? held : undefined;
}

/** Remembers the last shape: a query mostly asks about one. */
function remembered<T>(read: (argument: KustoValue | undefined) => T): (argument: KustoValue | undefined) => T {
  let last: { readonly argument: KustoValue | undefined; readonly shape: T } | undefined;
  return (argument) => {
    if (last?.argument !== argument || !last) last = { argument, shape: read(argument) };
    return last!.shape;
  };
}

const linesOf = (bag: JsonBag | undefined): readonly Line[] | undefined => {
  if (bag?.get('type') === 'MultiLineString') return every(bag.get('coordinates'), line);
  const single = bag?.get('type') === 'LineString' ? line(bag.get('coordinates') ?? null) : undefined;
  return single && [single];
};

const polygonsOf = (bag: JsonBag | undefined): readonly Polygon[] | undefined => {
  if (bag?.get('type') === 'MultiPolygon') return every(bag.get('coordinates'), polygon);
  const single = bag?.get('type') === 'Polygon' ? polygon(bag.get('coordinates') ?? null) : undefined;
  return single && [single];
};

export const readLinesAnew = (argument: KustoValue | undefined) => linesOf(bagOf(argument));

/** A LineString or a MultiLineString. */
export const readLines = remembered(readLinesAnew);

export const readPolygonsAnew = (argument: KustoValue | undefined) => polygonsOf(bagOf(argument));

/** A Polygon or a MultiPolygon. */
export const readPolygons = remembered(readPolygonsAnew);

/** An array of shapes, each valid. */
export function readArray<T>(argument: KustoValue | undefined, read: (text: string) => T | undefined): T[] | undefined {
  const held = typeof argument === 'string' ? parseJson(argument) : undefined;
  return every(held, (element) => read(writeJson(element)));
}

/** The only line of a shape. */
export function readLine(argument: KustoValue | undefined): Line | undefined {
  const lines = readLines(argument);
  return lines?.length === 1 ? lines[0] : undefined;
}

/** An edge of each pair of neighbours. */
export function edgesOf(lines: readonly Line[]): (readonly [Vector, Vector])[] {
  return lines.flatMap((line) => line.slice(1).map((point, i) => [line[i]!, point] as const));
}

/** Coordinates are written as the reference writes reals in text; tiny ones as JSON does. */
function coordinateJson(degrees: number): Json {
  const text = realText(degrees);
  return new JsonNumber(text.includes('E') ? String(degrees) : text);
}

const positionJson = ([longitude, latitude]: Position): Json => [coordinateJson(longitude), coordinateJson(latitude)];

export const pointsJson = (points: readonly Vector[]): Json => points.map((point) => positionJson(toPosition(point)));

const shape = (type: string, coordinates: Json): string => writeJson({ type, coordinates });

export const writePosition = (position: Position): string => shape('Point', positionJson(position));

export const writePoint = (point: Vector): string => writePosition(toPosition(point));

export const EMPTY_COLLECTION = '{"type":"GeometryCollection","geometries":[]}';

export function writePoints(points: readonly Vector[]): string {
  if (points.length === 0) return EMPTY_COLLECTION;
  return points.length === 1 ? writePoint(points[0]!) : shape('MultiPoint', pointsJson(points));
}

export function writeLines(lines: readonly Line[]): string {
  if (lines.length === 0) return EMPTY_COLLECTION;
  return lines.length === 1
    ? shape('LineString', pointsJson(lines[0]!))
    : shape('MultiLineString', lines.map(pointsJson));
}

/** Lines by positions, which need no trip over the sphere. */
export function writePositionLines(lines: readonly (readonly Position[])[]): string {
  const coordinates = lines.map((line) => line.map(positionJson));
  return coordinates.length === 1 ? shape('LineString', coordinates[0]!) : shape('MultiLineString', coordinates);
}

const closed = (ring: Ring): Json => pointsJson([...ring, ring[0]!]);

export function writePolygons(polygons: readonly Polygon[]): string {
  const rings = polygons.map(({ shell, holes }): Json => [closed(shell), ...holes.map(closed)]);
  if (rings.length === 0) return EMPTY_COLLECTION;
  return rings.length === 1 ? shape('Polygon', rings[0]!) : shape('MultiPolygon', rings);
}

/** A ring by positions, which need no trip over the sphere. */
export const writeRing = (positions: readonly Position[]): string =>
  shape('Polygon', [[...positions, positions[0]!].map(positionJson)]);

/** Refuses what was asked for on the spheroid. */
export function refuseSpheroid(name: string, useSpheroid: KustoValue | undefined): void {
  if (useSpheroid === true) {
    throw new KustoError('CAL0001', `${name}(): distances on the spheroid are not supported; leave out use_spheroid.`);
  }
}
