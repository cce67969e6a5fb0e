import { realOf, writeJson, type Json } from '../json.js';
import type { ScalarFunction } from '../scalar-function.js';

/** Well-known text of shapes. */

const TYPES: Readonly<Record<string, { readonly name: string; readonly depth: number }>> = {
  POINT: { name: 'Point', depth: 0 },
  MULTIPOINT: { name: 'MultiPoint', depth: 1 },
  LINESTRING: { name: 'LineString', depth: 1 },
  MULTILINESTRING: { name: 'MultiLineString', depth: 2 },
  POLYGON: { name: 'Polygon', depth: 2 },
  MULTIPOLYGON: { name: 'MultiPolygon', depth: 3 },
};

const TOKEN = /\s*([A-Za-z]+|[(),]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)/y;

/** Nesting deeper than this is no shape. */
const DEEPEST_COLLECTION = 32;

class NotWkt extends Error {}

class Reader {
  private at = 0;
  private readonly tokens: readonly string[];

  constructor(text: string) {
    const tokens: string[] = [];
    TOKEN.lastIndex = 0;
    const trimmed = text.trimEnd();
    while (TOKEN.lastIndex < trimmed.length) {
      const match = TOKEN.exec(trimmed);
      if (!match) throw new NotWkt();
      tokens.push(match[1]!);
    }
    this.tokens = tokens;
  }

  whole(): Json {
    const shape = this.shape(0);
    if (this.at < this.tokens.length) throw new NotWkt();
    return shape;
  }

  private shape(nesting: number): Json {
    const keyword = this.next().toUpperCase();
    if (keyword === 'GEOMETRYCOLLECTION' && nesting < DEEPEST_COLLECTION) {
      return { type: 'GeometryCollection', geometries: this.list(() => this.shape(nesting + 1)) };
    }
    const type = TYPES[keyword];
    if (!type) throw new NotWkt();
    return { type: type.name, coordinates: type.depth === 0 ? this.wrappedPosition() : this.coordinates(type) };
  }

  private coordinates({ name, depth }: { readonly name: string; readonly depth: number }): Json {
    if (depth > 1) return this.list(() => this.coordinates({ name, depth: depth - 1 }));
    // Points of a multipoint may stand in brackets.
    return this.list(() => (name === 'MultiPoint' && this.peek() === '(' ? this.wrappedPosition() : this.position()));
  }

  private wrappedPosition(): Json {
    const [position] = this.list(() => this.position());
    return position!;
  }

  private list(element: () => Json): Json[] {
    this.expect('(');
    const found = [element()];
    while (this.peek() === ',') {
      this.at++;
      found.push(element());
    }
    this.expect(')');
    return found;
  }

  private position(): Json {
    const numbers: Json[] = [];
    while (/[\d.]/.test(this.peek() ?? '')) numbers.push(realOf(Number(this.next())));
    if (numbers.length < 2 || numbers.length > 4) throw new NotWkt();
    return numbers.slice(0, 2);
  }

  private peek(): string | undefined {
    return this.tokens[this.at];
  }

  private next(): string {
    const token = this.tokens[this.at++];
    if (token === undefined) throw new NotWkt();
    return token;
  }

  private expect(token: string): void {
    if (this.next() !== token) throw new NotWkt();
  }
}

export const WKT_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'geo_from_wkt',
    nulls: 'propagate',
    doc: 'GeoJSON of a well-known text; null when it is none.',
    evaluate: ([text]) => {
      try {
        return writeJson(new Reader(text as string).whole());
      } catch (error) {
        if (error instanceof NotWkt) return null;
        throw error;
      }
    },
  },
];
