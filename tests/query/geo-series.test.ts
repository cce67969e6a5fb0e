import { afterAll, beforeAll, expect, test } from 'vitest';
import { openKql, type KqlRunner } from './run-kql.js';

/** Series and geospatial functions, from text to rows: what the functions' own tests cannot see. */
let kql: KqlRunner;
beforeAll(async () => {
  kql = await openKql();
});
afterAll(() => kql.close());

const PLACES = `let zones = datatable(zone:string, shape:dynamic)[
  'north', dynamic({"type":"Polygon","coordinates":[[[0,0],[10,0],[10,10],[0,10],[0,0]]]}),
  'broken', dynamic({"type":"Polygon"})];
datatable(place:string, x:real, y:real)['in', 5.0, 5.0, 'near', 10.001, 5.0, 'nowhere', real(null), 1.0]`;

test('a lookup by polygon keeps what matches, and the rest when told', async () => {
  expect(await kql.rows(`${PLACES} | evaluate geo_polygon_lookup(zones, shape, x, y) | project place, zone`)).toEqual([
    ['in', 'north'],
  ]);
  const query = `${PLACES} | evaluate geo_polygon_lookup(zones, shape, x, y, radius = 1000, return_unmatched = true) | project place, zone`;
  expect(await kql.rows(query)).toEqual([
    ['in', 'north'],
    ['near', 'north'],
    ['nowhere', ''],
  ]);
});

test('a function of several outputs gives typed columns, null where there is nothing to measure', async () => {
  const query = 'print a = dynamic([1, 5]), b = dynamic([]) | project series_stats(a), series_stats(b)';
  const [row] = await kql.rows(query);
  expect(row!.slice(0, 4)).toEqual([1, 0, 5, 1]);
  expect(row!.slice(7)).toEqual(new Array(7).fill(null));
});

test('a whole number passes where the binder wants an int', async () => {
  const query =
    'print (fit, coefficients) = series_fit_poly(dynamic([1, 4, 9, 16]), dynamic([1, 2, 3, 4]), 2) | project toreal(coefficients[0])';
  expect(await kql.rows(query)).toEqual([[expect.closeTo(1, 9)]]);
});
