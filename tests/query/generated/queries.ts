import fc from 'fast-check';
import { chance, oneOf, several } from './calls.js';
import { COLUMNS, datatable, expression, predicate, type Col } from './expressions.js';
import { ENDS, STEPS } from './operators.js';

/** Ways to say the table that every query reads. */
const SOURCES: readonly ((table: string) => string)[] = [
  (table) => `let T = ${table};`,
  (table) => `let T = materialize(${table});`,
  (table) => `let T = view () { ${table} };`,
  (table) => `let make = (n: long, d: dynamic = dynamic([1])) { ${table} | take n };\nlet T = make(6);`,
  (table) => `let limit = 6;\nlet T0 = ${table};\nlet T = T0 | take limit;`,
];

/** A whole query: `let T = datatable …; T | … | …`. */
export const queries: fc.Arbitrary<string> = fc.gen().map((draw) => {
  let columns: readonly Col[] = COLUMNS;
  const steps = several(draw, 0, 4, () => {
    const step = STEPS[oneOf(draw, Object.keys(STEPS))]!(draw, columns);
    columns = step.columns;
    return step.text;
  });
  if (chance(draw, 40)) steps.push(ENDS[oneOf(draw, Object.keys(ENDS))]!(draw, columns));
  const source = oneOf(draw, SOURCES)(datatable(draw));
  return `let same = (t: (*)) { t };\n${source}\n${['T', ...steps].join('\n| ')}`;
});

/** An expression over literals alone, as `print` evaluates it. */
export const prints: fc.Arbitrary<string> = fc.gen().map((draw) => `print x = ${expression(draw, [])}`);

/** A table and a condition over it. */
export const tablesWithPredicates: fc.Arbitrary<{ table: string; where: string }> = fc
  .gen()
  .map((draw) => ({ table: datatable(draw), where: predicate(draw, COLUMNS) }));

export const twoPredicates: fc.Arbitrary<{ table: string; a: string; b: string }> = fc
  .gen()
  .map((draw) => ({ table: datatable(draw), a: predicate(draw, COLUMNS), b: predicate(draw, COLUMNS) }));

/** A table, a condition, an expression of literals alone, and the name of a column. */
export const computations: fc.Arbitrary<{ table: string; where: string; x: string; column: string }> = fc
  .gen()
  .map((draw) => ({
    table: datatable(draw),
    where: predicate(draw, COLUMNS),
    x: predicate(draw, []),
    column: oneOf(draw, COLUMNS).name,
  }));
