import { isArray, isBag, parseJson, writeJson, type Json } from './json.js';
import { typeNameOf } from './dynamic.js';
import type { ScalarFunction } from './scalar-function.js';

/** What values of one place are: names of scalar types, the properties of bags, the elements of arrays. */
interface Shape {
  readonly scalars: Set<string>;
  bag?: Map<string, Shape>;
  element?: Shape;
}

const empty = (): Shape => ({ scalars: new Set() });

function add(shape: Shape, value: Json): void {
  if (value === null) return;
  if (isArray(value)) {
    shape.element ??= empty();
    for (const item of value) add(shape.element, item);
  } else if (isBag(value)) {
    shape.bag ??= new Map();
    for (const [key, held] of value) {
      let property = shape.bag.get(key);
      if (!property) shape.bag.set(key, (property = empty()));
      add(property, held);
    }
  } else {
    const name = typeNameOf(value);
    shape.scalars.add(name === 'real' ? 'double' : name);
  }
}

/** One type stands alone, several as an array. */
function schemaOf(shape: Shape): Json {
  const alternatives: Json[] = [];
  if (shape.bag) alternatives.push(new Map([...shape.bag].map(([key, property]) => [key, schemaOf(property)])));
  if (shape.element) alternatives.push(new Map([['`indexer`', schemaOf(shape.element)]]));
  alternatives.push(...[...shape.scalars].sort());
  return alternatives.length === 1 ? alternatives[0]! : alternatives;
}

export const BUILD_SCHEMA: ScalarFunction = {
  name: 'schema_of',
  nulls: 'propagate',
  doc: 'The schema that admits every element of an array (internal, buildschema).',
  evaluate: ([values]) => {
    const held = parseJson(values as string);
    if (!isArray(held) || held.length === 0) return null;
    const shape = empty();
    for (const value of held) add(shape, value);
    return writeJson(schemaOf(shape));
  },
};
