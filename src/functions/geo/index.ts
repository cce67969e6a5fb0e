import type { ScalarFunction } from '../scalar-function.js';
import { BUFFER_FUNCTIONS } from './buffer.js';
import { DENSIFY_FUNCTIONS } from './densify.js';
import { GEOHASH_FUNCTIONS } from './geohash.js';
import { H3_FUNCTIONS } from './h3.js';
import { LINE_FUNCTIONS } from './lines.js';
import { POINT_FUNCTIONS } from './points.js';
import { POLYGON_FUNCTIONS } from './polygons.js';
import { S2_FUNCTIONS } from './s2.js';
import { SIMPLIFY_FUNCTIONS } from './simplify.js';
import { WKT_FUNCTIONS } from './wkt.js';

/** Geospatial functions: shapes are GeoJSON, coordinates longitude before latitude. */
export const GEO_FUNCTIONS: readonly ScalarFunction[] = [
  ...POINT_FUNCTIONS,
  ...LINE_FUNCTIONS,
  ...POLYGON_FUNCTIONS,
  ...BUFFER_FUNCTIONS,
  ...DENSIFY_FUNCTIONS,
  ...GEOHASH_FUNCTIONS,
  ...S2_FUNCTIONS,
  ...H3_FUNCTIONS,
  ...WKT_FUNCTIONS,
  ...SIMPLIFY_FUNCTIONS,
];
