import { distanceToLines } from '../functions/geo/lines.js';
import { distanceToPolygons } from '../functions/geo/polygons.js';
import { readLinesAnew, readPolygonsAnew, readPosition } from '../functions/geo/geojson.js';
import { polygonsContain } from '../functions/geo/rings.js';
import { toVector, type Vector } from '../functions/geo/sphere.js';
import type { KustoValue } from '../values/index.js';
import { Pace } from './pace.js';
import { RowBuilder, type ProcedureDefinition } from './procedure.js';

/** Tells whether a point matches a shape of the lookup table; undefined when the shape is invalid. */
type Matcher = (point: Vector) => boolean;

function lineMatcher(shape: KustoValue, radius: number | undefined): Matcher | undefined {
  const lines = readLinesAnew(shape);
  return lines && ((point) => distanceToLines(point, lines) <= (radius ?? 0));
}

function polygonMatcher(shape: KustoValue, radius: number | undefined): Matcher | undefined {
  const polygons = readPolygonsAnew(shape);
  if (!polygons) return undefined;
  return radius === undefined
    ? (point) => polygonsContain(polygons, point)
    : (point) => distanceToPolygons(point, polygons) <= radius;
}

/** What the test of a point against one shape may cost, in steps. */
const STEPS_A_SHAPE = 200;

/**
 * Rows `longitude, latitude, columns…`; constants: the radius in meters (null: none), and whether rows without a match
 * stay; the third input is the lookup table: `shape, columns…`.
 */
const lookup = (
  name: string,
  matcherOf: (shape: KustoValue, radius: number | undefined) => Matcher | undefined,
): ProcedureDefinition => ({
  name,
  async run({ inputs: [source, constants, table], columns, signal }) {
    const [radius, unmatched] = constants!.cells.map((cells) => cells[0] ?? null);
    const matchers = Array.from({ length: table!.rowCount }, (_, r) =>
      matcherOf(table!.cells[0]![r] ?? null, radius === null ? undefined : Number(radius)),
    );
    const pace = new Pace(signal, `${name}()`, Infinity);
    const output = new RowBuilder(columns);
    for (let r = 0; r < source!.rowCount; r++) {
      if (pace.isTired(STEPS_A_SHAPE * matchers.length)) await pace.rest();
      const [longitude, latitude, ...own] = source!.cells.map((cells) => cells[r]!);
      const position = readPosition(longitude, latitude);
      const point = position && toVector(position);
      const found = point ? [...matchers.keys()].filter((k) => matchers[k]?.(point)) : [];
      for (const match of found) output.add([...own, ...table!.cells.slice(1).map((cells) => cells[match]!)]);
      if (found.length === 0 && unmatched === true) output.add(own);
    }
    return output.build();
  },
});

export const GEO_LOOKUPS: readonly ProcedureDefinition[] = [
  lookup('geo_line_lookup', lineMatcher),
  lookup('geo_polygon_lookup', polygonMatcher),
];
