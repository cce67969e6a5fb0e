import type { Suite } from './suite.js';

export const suites: readonly Suite[] = [
  {
    title: 'geo of shapes and cells',
    cases: [
      ['round(geo_angle(1, 0, 0, 0, 0, 1), 6)', 4.712389],
      ['geo_closest_point_on_line(5, 5, dynamic({"type":"LineString","coordinates":[[0,0],[10,0]]})).type', 'Point'],
      [
        'geo_closest_point_on_polygon(0, 0, dynamic({"type":"Polygon","coordinates":[[[1,1],[2,1],[2,2],[1,2],[1,1]]]})).type',
        'Point',
      ],
      [
        'round(geo_distance_point_to_line(0, 1, dynamic({"type":"LineString","coordinates":[[-1,0],[1,0]]})) / 1000, 0)',
        111,
      ],
      ['geo_geohash_to_central_point("s").type', 'Point'],
      ['array_length(geo_h3cell_children("862a1072fffffff"))', 7],
      ['geo_h3cell_level("862a1072fffffff")', 6],
      ['array_length(geo_h3cell_neighbors("862a1072fffffff"))', 6],
      ['geo_h3cell_parent("862a1072fffffff")', '852a1073fffffff'],
      ['array_length(geo_h3cell_rings("862a1072fffffff", 1))', 2],
      ['geo_h3cell_to_central_point("862a1072fffffff").type', 'Point'],
      ['geo_h3cell_to_polygon("862a1072fffffff").type', 'Polygon'],
      ['geo_h3cell_level("no cell")', null],
      [
        'geo_intersects_2polygons(dynamic({"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,2],[0,0]]]}), dynamic({"type":"Polygon","coordinates":[[[1,1],[3,1],[3,3],[1,3],[1,1]]]}))',
        true,
      ],
      [
        'geo_intersects_line_with_polygon(dynamic({"type":"LineString","coordinates":[[5,5],[6,6]]}), dynamic({"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,2],[0,0]]]}))',
        false,
      ],
      [
        'array_length(geo_line_to_s2cells(dynamic({"type":"LineString","coordinates":[[0.1,0.1],[0.2,0.1]]}), 4)) > 0',
        true,
      ],
      ['geo_point_in_circle(0, 0, 0.001, 0, 1000)', true],
      ['geo_point_in_circle(0, 0, 1, 0, 1000)', false],
      ['geo_point_to_h3cell(-74.04450446039874, 40.689250859314974, 6)', '862a1072fffffff'],
      [
        'geo_polygon_densify(dynamic({"type":"Polygon","coordinates":[[[0,0],[0.001,0],[0.001,0.001],[0,0]]]}), 10000).type',
        'Polygon',
      ],
      [
        'array_length(geo_polygon_to_h3cells(dynamic({"type":"Polygon","coordinates":[[[0,0],[0.1,0],[0.1,0.1],[0,0.1],[0,0]]]}), 6)) > 0',
        true,
      ],
      ['array_length(geo_s2cell_neighbors("89c259"))', 8],
      ['geo_s2cell_to_central_point("89c259").type', 'Point'],
      [
        'geo_union_lines_array(dynamic([{"type":"LineString","coordinates":[[0,0],[1,0]]},{"type":"LineString","coordinates":[[2,0],[3,0]]}])).type',
        'MultiLineString',
      ],
      [
        'geo_union_polygons_array(dynamic([{"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,2],[0,0]]]},{"type":"Polygon","coordinates":[[[1,1],[3,1],[3,3],[1,3],[1,1]]]}])).type',
        'Polygon',
      ],
    ],
  },
];
