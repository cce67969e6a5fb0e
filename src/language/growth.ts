import { KustoError } from '../errors/index.js';
import { official, type SyntaxNode } from './parser.js';
import { items, kindOf, nameOf, part } from './syntax.js';

/** Statements below which names cannot double to more than a moment's work. */
const FEW_STATEMENTS = 12;
/** Uses of names, each written out, that the official binder still goes through in a moment. */
const MOST_USES = 50_000;

/**
 * Refuses `let` names that double from one to the next (`let b = union a, a; let c = union b, b; …`): the official
 * binder takes twice as long for each, and cannot be interrupted. Only texts with many statements are looked at, by
 * their syntax alone.
 */
export function refuseDoubling(text: string): void {
  if ((text.match(/\blet\b/g)?.length ?? 0) < FEW_STATEMENTS) return;
  const { Syntax } = official().Kusto.Language.KustoCode.Parse(text);
  const uses = new Map<string, number>();
  for (const statement of items(Syntax, 'Statements')) {
    if (kindOf(statement) !== 'LetStatement') continue;
    const count = Math.max(1, usesIn(part(statement, 'Expression'), uses));
    uses.set(nameOf(part(statement, 'Name')), count);
    if (count > MOST_USES) {
      throw new KustoError(
        'E_RUNAWAY_QUERY',
        'The query grows too large when its let statements are put in. Use each name less often, or use materialize() or toscalar().',
      );
    }
  }
}

/** Uses of names in an expression, those of the names' own expressions included. */
function usesIn(node: SyntaxNode, uses: ReadonlyMap<string, number>): number {
  if (kindOf(node) === 'NameReference') return uses.get(nameOf(node)) ?? 1;
  let count = 0;
  for (let i = 0; i < node.ChildCount; i++) {
    const child = node.GetChild(i);
    if (child) count += usesIn(child, uses);
  }
  return count;
}
