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

describe('polygons that touch', () => {
  it('have a point in common beside the polygon in which they overlap', () => {
    const both = {
      type: 'MultiPolygon',
      coordinates: [square(10, 10, 12, 12).coordinates, square(-1, -1, 1, 1).coordinates],
    };
    const found = JSON.parse(run('geo_intersection_2polygons', square(0, 0, 10, 10), both) as string) as {
      type: string;
      geometries: { type: string }[];
    };
    expect([found.type, ...found.geometries.map(({ type }) => type)]).toEqual([
      'GeometryCollection',
      'Point',
      'Polygon',
    ]);
  });
  it('are covered by the S2 cells beyond an edge that runs along their side', () => {
    // The meridian 0 is the side of cells: those to the west of it only touch the polygon.
    const cells = JSON.parse(run('geo_polygon_to_s2cells', square(0, 1, 2, 2), 6n) as string) as string[];
    expect(cells).toContain(run('geo_point_to_s2cell', -0.1, 1.5, 6n));
  });
});

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
  });
});

describe('lines with longitudes beyond 180 degrees', () => {
  const far = line([175.3, 10], [186.1, 12]);
  it('are cut at the antimeridian, where the geodesic meets it', () => {
    const parts = json(run('geo_line_densify', far, 10_000)).coordinates as [number, number][][];
    expect(parts).toHaveLength(2);
    const [before, after] = [parts[0]!.at(-1)!, parts[1]![0]!];
    expect([before[0], after[0]]).toEqual([179.999999999999, -179.999999999999]);
    expect(before[1]).toBe(after[1]);
    // The geodesic of a chord of 11 degrees lies a little north of the straight line.
    expect(before[1]).toBeGreaterThan(10 + (2 * 4.7) / 10.8);
    expect(before[1]).toBeLessThan(10.95);
    expect(parts[1]!.at(-1)).toEqual([expect.closeTo(-173.9, 9), expect.closeTo(12, 9)]);
  });
  it('stay whole when told', () => {
    expect(json(run('geo_line_densify', far, 10_000, true)).type).toBe('LineString');
  });
  it('are null beyond a full turn, and refused in polygons', () => {
    expect(run('geo_line_densify', line([361, 1], [1, 1]))).toBeNull();
    expect(() => run('geo_polygon_densify', square(170, 0, 190, 10))).toThrow(/180 degrees/);
  });
});

describe('buffers', () => {
  const distances = (shape: KustoValue, center: readonly [number, number]) =>
    (json(shape).coordinates as number[][][])[0]!.map(
      ([x, y]) => run('geo_distance_2points', center[0], center[1], x!, y!) as number,
    );
  it('of a point have their vertices on the circle, as many as the tolerance needs', () => {
    for (const [radius, tolerance, vertices] of [
      [1000, 10, 23],
      [1000, 500, 3],
      [5, 10, 3],
    ] as const) {
      const found = distances(run('geo_point_buffer', 10, 50, radius, tolerance), [10, 50]);
      expect(found).toHaveLength(vertices + 1);
      for (const distance of found) expect(distance).toBeCloseTo(radius, 4);
    }
  });
  it('of a line contain what is near any part of it, corners and both ends', () => {
    const path = line([0, 0], [1, 0], [1, 1], [0.2, 0.7]);
    const buffer = json(run('geo_line_buffer', path, 5000, 1));
    for (const [x, y] of [
      [-0.04, 0],
      [0.5, 0.04],
      [0.5, -0.04],
      [1.03, -0.03],
      [0.96, 0.04],
      [1.03, 1.03],
      [0.16, 0.7],
    ] as const)
      expect(run('geo_point_in_polygon', x, y, buffer), `${x} ${y}`).toBe(true);
    for (const [x, y] of [
      [0.5, 0.05],
      [1.04, -0.04],
      [0.5, 0.4],
    ] as const)
      expect(run('geo_point_in_polygon', x, y, buffer), `${x} ${y}`).toBe(false);
  });
  it('of a polygon grow outwards and into holes, which close when they are small', () => {
    const holed = (west: number, east: number) => ({
      type: 'Polygon',
      coordinates: [...square(0, 0, 1, 1).coordinates, ...square(west, west, east, east).coordinates],
    });
    const open = json(run('geo_polygon_buffer', holed(0.3, 0.7), 5000, 1));
    expect(run('geo_point_in_polygon', 0.33, 0.5, open)).toBe(true);
    expect(run('geo_point_in_polygon', 0.5, 0.5, open)).toBe(false);
    expect(run('geo_point_in_polygon', 1.04, 0.5, open)).toBe(true);
    expect(run('geo_point_in_polygon', 1.04, 1.04, open)).toBe(false);
    const closed = json(run('geo_polygon_buffer', holed(0.48, 0.52), 5000, 1));
    expect(closed.coordinates).toHaveLength(1);
    const area = (shape: object) => run('geo_polygon_area', shape) as number;
    const whole = square(0, 0, 1, 1);
    const expected = area(whole) + (run('geo_polygon_perimeter', whole) as number) * 5000 + Math.PI * 5000 ** 2;
    expect(area(closed) / expected).toBeCloseTo(1, 3);
  });
  it('of a polygon with a corner inwards have no vertex inside', () => {
    const dented = {
      type: 'Polygon',
      coordinates: [
        [
          [0, 0],
          [1, 0],
          [1, 1],
          [0.5, 0.4],
          [0, 1],
          [0, 0],
        ],
      ],
    };
    const buffer = json(run('geo_polygon_buffer', dented, 2000, 1));
    const rings = buffer.coordinates as number[][][];
    expect(rings).toHaveLength(1);
    for (const [x, y] of rings[0]!) {
      expect(run('geo_distance_point_to_polygon', x!, y!, dented)).toBeGreaterThan(1990);
    }
  });
  it('are null by an invalid radius or tolerance', () => {
    expect(run('geo_point_buffer', 0, 0, 0)).toBeNull();
    expect(run('geo_point_buffer', 0, 91, 10)).toBeNull();
    expect(run('geo_line_buffer', line([0, 0], [1, 1]), 10, 0)).toBeNull();
    expect(run('geo_polygon_buffer', { type: 'Polygon' }, 10)).toBeNull();
    expect(() => run('geo_point_buffer', 0, 0, 1e6, 0.1)).toThrow(/tolerance/);
  });
});

describe('simplified shapes', () => {
  const positions = (shape: KustoValue) =>
    (json(shape).coordinates as number[][]).map((position) =>
      position.map((degrees) => Math.round(degrees * 1e6) / 1e6),
    );
  it('lose the vertices that one edge passes within the tolerance of', () => {
    const bent = line([0, 0], [0.001, 0.00005], [0.002, 0], [0.003, 0.001]);
    expect(positions(run('geo_line_simplify', bent, 10))).toEqual([
      [0, 0],
      [0.002, 0],
      [0.003, 0.001],
    ]);
    expect(positions(run('geo_line_simplify', bent, 2))).toHaveLength(4);
    const notched = square(0, 0, 0.01, 0.01);
    notched.coordinates[0]!.splice(1, 0, [0.004, 0.00003], [0.006, 0]);
    expect(json(run('geo_polygon_simplify', notched, 10)).coordinates).toEqual(
      json(run('geo_polygon_simplify', square(0, 0, 0.01, 0.01), 10)).coordinates,
    );
  });
  it('keep one of the vertices that are within the tolerance of each other', () => {
    expect(positions(run('geo_line_simplify', line([0, 0], [0.00001, 0], [0.01, 0.01]), 10))).toHaveLength(2);
  });
  it('stay on their side of the vertices beside them', () => {
    // One edge from end to end would meet the tolerance, and pass the other line on the wrong side.
    const lines = {
      type: 'MultiLineString',
      coordinates: [
        [
          [0, 0],
          [0.001, 0.00015],
          [0.002, 0],
        ],
        [
          [0.001, 0.00004],
          [0.001, -0.01],
        ],
      ],
    };
    expect(positions(run('geo_line_simplify', line([0, 0], [0.001, 0.00015], [0.002, 0]), 20))).toHaveLength(2);
    expect(() => run('geo_line_simplify', lines, 20)).toThrow(/closer to each other than the tolerance/);
    const [first] = json(run('geo_line_simplify', lines, 12)).coordinates as number[][][];
    expect(first).toHaveLength(3);
  });
  it('are null where nothing is left, or what is given is invalid', () => {
    expect(run('geo_line_simplify', line([0, 0], [0.01, 0]), 2000)).toBeNull();
    expect(run('geo_polygon_simplify', square(0, 0, 0.01, 0.01), 2000)).toBeNull();
    expect(run('geo_line_simplify', line([0, 0], [1, 0]), -1)).toBeNull();
    expect(json(run('geo_line_simplify', line([0, 0], [1, 0]), 2000)).type).toBe('LineString');
  });
  it('are those of the union of several polygons', () => {
    const both = [square(0, 0, 0.01, 0.01), square(0.005, 0, 0.02, 0.01)];
    expect((json(run('geo_simplify_polygons_array', both, 10)).coordinates as number[][][])[0]).toHaveLength(5);
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
  it('cover what is within a radius of a line, and nothing else', () => {
    const path = line([10, 10], [10.1, 10.05]);
    const near = JSON.parse(run('geo_line_to_s2cells', path, 14, 2000) as string) as string[];
    const touched = JSON.parse(run('geo_line_to_s2cells', path, 14) as string) as string[];
    for (const cell of touched) expect(near).toContain(cell);
    for (const [x, y, isNear] of [
      [9.985, 9.995, true],
      [10.05, 10.04, true],
      [10.05, 10.06, false],
    ] as const)
      expect(near.includes(run('geo_point_to_s2cell', x, y, 14) as string), `${x} ${y}`).toBe(isNear);
    expect(run('geo_line_to_s2cells', path, 14, -1)).toBeNull();
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
