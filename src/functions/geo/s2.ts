import { s2 } from 's2js';
import type { KustoValue } from '../../values/index.js';
import { writeJson } from '../json.js';
import type { ScalarFunction } from '../scalar-function.js';
import { edgesOf, readLines, readPolygons, readPosition, writePoint, writePolygons } from './geojson.js';
import { polygonEdges, polygonsContain, ringEdges, type Edge, type Polygon } from './rings.js';
import { angleBetween, closestOnEdge, crossing, EARTH_RADIUS, side, type Vector } from './sphere.js';
import { tokenSet } from './token-set.js';

/** S2 cells, by their tokens. */

const { Cell, LatLng, cellid } = s2;
type CellId = ReturnType<typeof cellid.fromToken>;

const FINEST = 30;
const MOST_CELLS = 65_536;

function cellOf(token: KustoValue | undefined): CellId | undefined {
  if (typeof token !== 'string' || !/^[0-9a-f]{1,16}$/i.test(token)) return undefined;
  const id = cellid.fromToken(token);
  return cellid.valid(id) ? id : undefined;
}

const isLevel = (level: number): boolean => Number.isInteger(level) && level >= 0 && level <= FINEST;

const vectorOf = ({ x, y, z }: { readonly x: number; readonly y: number; readonly z: number }): Vector => [x, y, z];

const corners = (id: CellId): Vector[] => {
  const cell = Cell.fromCellID(id);
  return [0, 1, 2, 3].map((k) => vectorOf(cell.vertex(k)));
};

/** Radians: S2 pads a cell by the errors of its clipping, so that an edge along the side of a cell touches it. */
const PADDING = 2e-15;

/**
 * The cells of a level that a shape comes as close to as the radius (of angle), in the order of their ids. Goes down
 * from the faces of the cube; each step only looks at the edges that were near to the cell above. Undefined when there
 * are more than the limit.
 */
function cover(
  polygons: readonly Polygon[],
  edges: readonly Edge[],
  level: number,
  radius: number,
): string[] | undefined {
  const found: string[] = [];
  const visit = (id: CellId, candidates: readonly Edge[], whole: boolean): boolean => {
    const square = corners(id);
    const center = vectorOf(Cell.fromCellID(id).center());
    const reach = Math.max(...square.map((corner) => angleBetween(center, corner))) + radius + PADDING;
    const isWithin = ([a, b]: Edge) => angleBetween(center, closestOnEdge(center, a, b)) <= reach;
    const touching = whole
      ? []
      : candidates.filter(
          (edge) => isWithin(edge) && (touches(square, edge) || isNear(square, edge, radius + PADDING)),
        );
    const inside = whole || (touching.length === 0 && polygonsContain(polygons, center));
    if (!inside && touching.length === 0) return true;
    if (cellid.level(id) === level) return found.push(cellid.toToken(id)) <= MOST_CELLS;
    return cellid.children(id).every((child) => visit(child, touching, inside));
  };
  const faces = [0, 1, 2, 3, 4, 5].map((face) => cellid.fromFace(face));
  return faces.every((face) => visit(face, edges, false)) ? found : undefined;
}

const touches = (square: readonly Vector[], [a, b]: Edge): boolean =>
  inSquare(square, a) || inSquare(square, b) || ringEdges(square).some(([c, d]) => crossing(a, b, c, d) !== undefined);

/** Edges that do not touch come closest at an end of either. */
const isNear = (square: readonly Vector[], [a, b]: Edge, radius: number): boolean =>
  ringEdges(square).some(
    ([c, d]) =>
      [a, b].some((end) => angleBetween(end, closestOnEdge(end, c, d)) <= radius) ||
      angleBetween(c, closestOnEdge(c, a, b)) <= radius,
  );

/** On the inner side of each edge; corners go counterclockwise, and no cell is larger than a face. */
const inSquare = (square: readonly Vector[], p: Vector): boolean =>
  ringEdges(square).every(([a, b]) => side(a, b, p) >= 0);

function covering(
  name: string,
  doc: string,
  read: (
    shape: KustoValue | undefined,
  ) => { readonly polygons: readonly Polygon[]; readonly edges: readonly Edge[] } | undefined,
): ScalarFunction {
  return {
    name,
    nulls: 'propagate',
    doc,
    evaluate: ([argument, levelArgument, radiusArgument]) => {
      const shape = read(argument);
      const level = Number(levelArgument ?? 11);
      const radius = Number(radiusArgument ?? 0);
      if (!shape || !isLevel(level) || !(radius >= 0)) return null;
      const cells = cover(shape.polygons, shape.edges, level, radius / EARTH_RADIUS);
      return cells ? writeJson(cells) : null;
    },
  };
}

export const S2_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'geo_point_to_s2cell',
    nulls: 'propagate',
    doc: 'The S2 cell of a point.',
    evaluate: ([longitude, latitude, levelArgument]) => {
      const position = readPosition(longitude, latitude);
      const level = Number(levelArgument ?? 11);
      if (!position || !isLevel(level)) return '';
      const leaf = cellid.fromLatLng(LatLng.fromDegrees(position[1], position[0]));
      return cellid.toToken(cellid.parent(leaf, level));
    },
  },
  {
    name: 'geo_s2cell_to_central_point',
    nulls: 'propagate',
    doc: 'The center of an S2 cell.',
    evaluate: ([token]) => {
      const id = cellOf(token);
      return id === undefined ? null : writePoint(vectorOf(cellid.point(id)));
    },
  },
  {
    name: 'geo_s2cell_to_polygon',
    nulls: 'propagate',
    doc: 'The corners of an S2 cell.',
    evaluate: ([token]) => {
      const id = cellOf(token);
      return id === undefined ? null : writePolygons([{ shell: corners(id), holes: [] }]);
    },
  },
  {
    name: 'geo_s2cell_neighbors',
    nulls: 'propagate',
    doc: 'The S2 cells around a cell.',
    evaluate: ([token]) => {
      const id = cellOf(token);
      return id === undefined
        ? null
        : writeJson(tokenSet(cellid.allNeighbors(id, cellid.level(id)).map((cell) => cellid.toToken(cell))));
    },
  },
  covering('geo_polygon_to_s2cells', 'The S2 cells that cover a polygon.', (shape) => {
    const polygons = readPolygons(shape);
    return polygons && { polygons, edges: polygonEdges(polygons) };
  }),
  covering('geo_line_to_s2cells', 'The S2 cells that cover a line.', (shape) => {
    const lines = readLines(shape);
    return lines && { polygons: [], edges: edgesOf(lines) };
  }),
];
