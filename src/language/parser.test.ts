import { expect, it } from 'vitest';
import { NO_FACTS } from '../../tests/support/request-facts.js';
import { bind } from './bind.js';

const schema = {
  databases: [{ id: 'db', name: 'db', tables: [], functions: [], externalTables: [] }],
  current: 'db',
};
const columnsOf = (text: string, parameters = {}) =>
  bind(text, schema, NO_FACTS, parameters).results[0]!.relation.columns.map(({ name, type }) => `${name}:${type}`);

it.each(['__proto__', 'hasOwnProperty', 'constructor', 'toString'])('takes %s for a name like any other', (name) => {
  const row = `datatable(${name}:long, b:string)[]`;
  expect(columnsOf(`${row} | where ${name} > 1 | project ${name}, a = ${name}`)).toEqual([`${name}:long`, 'a:long']);
  expect(columnsOf(`${row} | join kind=inner (${row}) on ${name} | project ${name}1`)).toEqual([`${name}1:long`]);
  expect(columnsOf(`let ${name} = (x:long) { x + 1 }; print a = ${name}(1)`)).toEqual(['a:long']);
  expect(columnsOf(`let ${name} = 5; print a = ${name}`)).toEqual(['a:long']);
});

it('gives a parameter its default, also where objects have a property of its name', () => {
  const text = 'declare query_parameters(toString:long = 5); print a = toString';
  expect(columnsOf(text)).toEqual(['a:long']);
  expect(bind(text, schema, NO_FACTS).results[0]!.relation).toMatchObject({ items: [{ value: { value: 5n } }] });
});
