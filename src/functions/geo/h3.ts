import {
  cellToBoundary,
  cellToChildren,
  cellToLatLng,
  cellToParent,
  getResolution,
  gridDisk,
  gridDiskDistances,
  isValidCell,
  latLngToCell,
  polygonToCells,
} from 'h3-js';
import type { KustoValue } from '../../values/index.js';
import { writeJson } from '../json.js';
import type { ScalarFunction } from '../scalar-function.js';
import { KustoError } from '../../errors/index.js';
import { positionOf, readPolygons, readPosition, writePosition, writeRing } from './geojson.js';
import type { Ring } from './rings.js';
import { tokenSet } from './token-set.js';

/** H3 cells, by their tokens. */

const FINEST = 15;
const FURTHEST_RING = 142;
const MOST_GENERATIONS = 5;
const MOST_CELLS = 61_680;

const cellOf = (token: KustoValue | undefined): string | undefined =>
  typeof token === 'string' && isValidCell(token) ? token : undefined;

const within = (value: number, low: number, high: number): boolean =>
  Number.isInteger(value) && value >= low && value <= high;

function ofCell(
  name: string,
  doc: string,
  evaluate: (cell: string, argument: KustoValue | undefined) => KustoValue,
): ScalarFunction {
  return {
    name,
    nulls: 'propagate',
    doc,
    evaluate: ([token, argument], { type }) => {
      const cell = cellOf(token);
      return (cell && evaluate(cell, argument)) ?? (type === 'string' ? '' : null);
    },
  };
}

export const H3_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'geo_point_to_h3cell',
    nulls: 'propagate',
    doc: 'The H3 cell of a point.',
    evaluate: ([longitude, latitude, resolution]) => {
      const position = readPosition(longitude, latitude);
      const level = Number(resolution ?? 6);
      return position && within(level, 0, FINEST) ? latLngToCell(position[1], position[0], level) : '';
    },
  },
  ofCell('geo_h3cell_to_central_point', 'The center of an H3 cell.', (cell) => {
    const [latitude, longitude] = cellToLatLng(cell);
    return writePosition([longitude, latitude]);
  }),
  ofCell('geo_h3cell_to_polygon', 'The hexagon of an H3 cell.', (cell) =>
    writeRing(cellToBoundary(cell).map(([latitude, longitude]) => [longitude, latitude] as const)),
  ),
  ofCell('geo_h3cell_level', 'The resolution of an H3 cell.', getResolution),
  ofCell('geo_h3cell_parent', 'The H3 cell that contains a cell.', (cell, resolution) => {
    const level = Number(resolution ?? getResolution(cell) - 1);
    return within(level, 0, getResolution(cell)) ? cellToParent(cell, level) : '';
  }),
  ofCell('geo_h3cell_children', 'The H3 cells that make up a cell.', (cell, resolution) => {
    const own = getResolution(cell);
    const level = Number(resolution ?? own + 1);
    return within(level, own, Math.min(FINEST, own + MOST_GENERATIONS)) ? writeJson(cellToChildren(cell, level)) : null;
  }),
  ofCell('geo_h3cell_neighbors', 'The H3 cells around a cell.', (cell) =>
    writeJson(tokenSet(gridDisk(cell, 1).filter((neighbor) => neighbor !== cell))),
  ),
  ofCell('geo_h3cell_rings', 'Rings of H3 cells around a cell, the cell itself first.', (cell, distance) =>
    within(Number(distance), 0, FURTHEST_RING) ? writeJson(gridDiskDistances(cell, Number(distance))) : null,
  ),
  {
    name: 'geo_polygon_to_h3cells',
    nulls: 'propagate',
    doc: 'The H3 cells whose centers lie in a polygon.',
    evaluate: ([shape, resolution, radius]) => {
      const polygons = readPolygons(shape);
      const level = Number(resolution ?? 6);
      if (!polygons || !within(level, 0, FINEST)) return null;
      if (Number(radius ?? 0) !== 0) {
        throw new KustoError('CAL0001', 'geo_polygon_to_h3cells(): a radius is not supported.');
      }
      const ring = (vertices: Ring) => vertices.map(positionOf).map(([x, y]) => [x, y]);
      const cells = new Set(
        polygons.flatMap(({ shell, holes }) => polygonToCells([ring(shell), ...holes.map(ring)], level, true)),
      );
      return cells.size > MOST_CELLS ? null : writeJson(tokenSet([...cells]));
    },
  },
];
