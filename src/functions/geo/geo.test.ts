import { describe, expect, it } from 'vitest';
import type { KustoType, KustoValue } from '../../values/index.js';
import { GEO_FUNCTIONS } from './index.js';

function run(name: string, ...args: readonly (KustoValue | object)[]): KustoValue {
  const definition = GEO_FUNCTIONS.find((candidate) => candidate.name === name)!;
  const values = args.map((arg) => (typeof arg === 'object' && arg !== null ? JSON.stringify(arg) : arg));
  return definition.evaluate(values, { argumentTypes: values.map((): KustoType => 'dynamic'), type: 'dynamic' });
}

const json = (value: KustoValue): { type: string; coordinates: unknown } =>
  JSON.parse(value as string) as { type: string; coordinates: unknown };

const square = (west: number, south: number, east: number, north: number) => ({
  type: 'Polygon',
  coordinates: [
    [
      [west, south],
      [east, south],
      [east, north],
      [west, north],
      [west, south],
    ],
  ],
});

const line = (...coordinates: number[][]) => ({ type: 'LineString', coordinates });

/** A degree of a great circle in meters. */
const DEGREE = (6_371_010 * Math.PI) / 180;

describe('points', () => {
  it('measure along great circles', () => {
    expect(run('geo_distance_2points', 0, 0, 0, 90)).toBeCloseTo(90 * DEGREE, 3);
    expect(run('geo_distance_2points', 179, 0, -179, 0)).toBeCloseTo(2 * DEGREE, 3);
    expect(run('geo_distance_2points', 181, 0, 0, 0)).toBeNull();
  });
  it('turn clockwise from north', () => {
    expect(run('geo_azimuth', 0, 0, 1, 0)).toBeCloseTo(Math.PI / 2, 12);
    expect(run('geo_azimuth', 0, 0, -1, 0)).toBeCloseTo((3 * Math.PI) / 2, 12);
    expect(run('geo_azimuth', 1, 1, 1, 1)).toBeNull();
    expect(run('geo_azimuth', 0, 0, 180, 0)).toBeNull();
  });
  it('refuse the spheroid instead of answering for the sphere', () => {
    expect(() => run('geo_distance_2points', 0, 0, 1, 1, true)).toThrow(/spheroid/);
  });
});

describe('lines', () => {
  it('count an edge of several lines once', () => {
    const twice = {
      type: 'MultiLineString',
      coordinates: [
        [
          [0, 0],
          [0, 1],
        ],
        [
          [0, 1],
          [0, 0],
        ],
      ],
    };
    expect(run('geo_line_length', twice)).toBeCloseTo(DEGREE, 3);
  });
  it('find their own points again', () => {
    const path = line([0, 0], [10, 0], [10, 20]);
    const [x, y] = json(run('geo_line_interpolate_point', path, 0.5)).coordinates as [number, number];
    expect([x, y]).toEqual([expect.closeTo(10, 9), expect.closeTo(5, 9)]);
    expect(run('geo_line_locate_point', path, x, y)).toBeCloseTo(0.5, 9);
  });
  it('are null when they have a single point', () => {
    expect(run('geo_line_length', line([1, 1]))).toBeNull();
    expect(run('geo_line_centroid', line([1, 1], [1, 1]))).toBeNull();
  });
  it('cross in a point, and touch where they share a vertex', () => {
    const point = json(run('geo_intersection_2lines', line([-1, 0], [1, 0]), line([0, -1], [0, 1])));
    expect(point).toEqual({ type: 'Point', coordinates: [expect.closeTo(0, 12), expect.closeTo(0, 12)] });
    expect(run('geo_intersects_2lines', line([0, 0], [1, 1]), line([1, 1], [5, 0]))).toBe(true);
    expect(run('geo_intersects_2lines', line([-1, 0], [1, 0]), line([180, -1], [180, 1]))).toBe(false);
  });
});

describe('polygons', () => {
  const octant = {
    type: 'Polygon',
    coordinates: [
      [
        [0, 0],
        [90, 0],
        [0, 90],
        [0, 0],
      ],
    ],
  };

  it('have the area of an octant of the Earth', () => {
    expect(run('geo_polygon_area', octant)).toBeCloseTo((4 * Math.PI * 6_371_010 ** 2) / 8, -1);
    expect(run('geo_polygon_perimeter', octant)).toBeCloseTo(270 * DEGREE, 2);
    const [x, y] = json(run('geo_polygon_centroid', octant)).coordinates as [number, number];
    expect([x, y]).toEqual([expect.closeTo(45, 9), expect.closeTo(35.264389682754654, 9)]);
  });
  it('mean the same whichever way they are written', () => {
    const reversed = { type: 'Polygon', coordinates: [[...octant.coordinates[0]!].reverse()] };
    for (const shape of [octant, reversed]) {
      expect(run('geo_point_in_polygon', 45, 30, shape)).toBe(true);
      expect(run('geo_point_in_polygon', -135, -30, shape)).toBe(false);
      expect(run('geo_point_in_polygon', 100, 30, shape)).toBe(false);
    }
  });
  it('do not contain their holes', () => {
    const holed = {
      type: 'Polygon',
      coordinates: [...square(0, 0, 10, 10).coordinates, ...square(4, 4, 6, 6).coordinates],
    };
    expect(run('geo_point_in_polygon', 5, 5, holed)).toBe(false);
    expect(run('geo_point_in_polygon', 2, 2, holed)).toBe(true);
    expect(run('geo_distance_point_to_polygon', 5, 5, holed)).toBeGreaterThan(0.99 * DEGREE);
  });
  it('are null when a ring is open, crosses itself or repeats a vertex', () => {
    const area = (ring: number[][]) => run('geo_polygon_area', { type: 'Polygon', coordinates: [ring] });
    expect(
      area([
        [0, 0],
        [1, 0],
        [1, 1],
        [0, 1],
      ]),
    ).toBeNull();
    expect(
      area([
        [0, 0],
        [1, 1],
        [1, 0],
        [0, 1],
        [0, 0],
      ]),
    ).toBeNull();
    expect(
      area([
        [0, 0],
        [1, 1],
        [1, 1],
        [0, 0],
      ]),
    ).toBeNull();
  });
  it('count an overlap once', () => {
    const [a, b] = [square(0, 0, 2, 1), square(1, 0, 3, 1)];
    const both = { type: 'MultiPolygon', coordinates: [a.coordinates, b.coordinates] };
    const common = json(run('geo_intersection_2polygons', a, b));
    const sum = (run('geo_polygon_area', a) as number) + (run('geo_polygon_area', b) as number);
    expect(run('geo_polygon_area', both)).toBeCloseTo(sum - (run('geo_polygon_area', common) as number), -1);
  });
  it('cut a line', () => {
    const parts = json(run('geo_intersection_line_with_polygon', line([-1, 0], [1, 0]), square(-0.5, -0.5, 0.5, 0.5)));
    expect(parts).toEqual({
      type: 'LineString',
      coordinates: [
        [expect.closeTo(-0.5, 9), expect.closeTo(0, 9)],
        [expect.closeTo(0.5, 9), expect.closeTo(0, 9)],
      ],
    });
  });
});

describe('densified lines', () => {
  it('stay near the line on the map', () => {
    const dense = json(run('geo_line_densify', line([0, 50], [20, 50]), 100)).coordinates as number[][];
    expect(dense.length).toBeGreaterThan(10);
    for (const [, y] of dense) expect(y).toBeCloseTo(50, 9);
    expect(run('geo_line_densify', line([0, 50], [20, 50]), 0)).toBeNull();
  });
  it('refuse to go over the antimeridian', () => {
    expect(() => run('geo_line_densify', line([179, 0], [-179, 0]))).toThrow(/antimeridian/);
    expect(() => run('geo_line_densify', line([300, 1], [1, 1]))).toThrow(/180 degrees/);
  });
});

describe('cells', () => {
  it('contain the point they were made of', () => {
    for (const [x, y] of [
      [12.5, 41.9],
      [-179.99, -89],
      [0.001, 0.001],
      [151.2, -33.9],
    ] as const) {
      const geohash = run('geo_point_to_geohash', x, y, 7);
      expect(run('geo_point_in_polygon', x + 1e-9, y + 1e-9, json(run('geo_geohash_to_polygon', geohash)))).toBe(true);
      const s2 = run('geo_point_to_s2cell', x, y, 12);
      expect(run('geo_point_in_polygon', x, y, json(run('geo_s2cell_to_polygon', s2)))).toBe(true);
    }
  });
  it('have neighbours around the antimeridian and none beyond a pole', () => {
    expect(JSON.parse(run('geo_geohash_neighbors', 'x') as string)).toContain('8');
    expect(JSON.parse(run('geo_geohash_neighbors', 'z') as string)).toHaveLength(5);
  });
  it('cover a polygon with each cell of the level that it touches', () => {
    const shape = square(10, 10, 10.2, 10.2);
    const cells = JSON.parse(run('geo_polygon_to_s2cells', shape, 13) as string) as string[];
    for (const [x, y] of [
      [10.001, 10.001],
      [10.1, 10.1],
      [10.199, 10.199],
      [10.05, 10.18],
    ] as const) {
      expect(cells).toContain(run('geo_point_to_s2cell', x, y, 13));
    }
    expect(cells).not.toContain(run('geo_point_to_s2cell', 10.3, 10.1, 13));
    expect(new Set(cells).size).toBe(cells.length);
  });
  it('are null or empty for what is no cell', () => {
    expect(run('geo_s2cell_to_polygon', 'zz')).toBeNull();
    expect(run('geo_geohash_to_polygon', 'abc')).toBeNull();
    expect(run('geo_point_to_geohash', 1, 1, 19)).toBe('');
  });
});

describe('well-known text', () => {
  it('nests as GeoJSON does', () => {
    expect(json(run('geo_from_wkt', 'MULTIPOINT ((1 2), (3 4))')).coordinates).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(json(run('geo_from_wkt', 'polygon((0 0, 1 0, 1 1, 0 0))')).coordinates).toEqual([
      [
        [0, 0],
        [1, 0],
        [1, 1],
        [0, 0],
      ],
    ]);
    expect(JSON.parse(run('geo_from_wkt', 'GEOMETRYCOLLECTION(POINT(1 2))') as string)).toEqual({
      type: 'GeometryCollection',
      geometries: [{ type: 'Point', coordinates: [1, 2] }],
    });
  });
  it('is null when it breaks off', () => {
    for (const text of ['POINT(1', 'POINT(1 2) x', 'CIRCLE(1 2)', 'POINT()', ''])
      expect(run('geo_from_wkt', text)).toBeNull();
  });
});
