import { KustoError, type ErrorCode } from '../errors/index.js';
import { argumentsOf } from './calls-to.js';
import { pathOf } from './graph-functions.js';
import type { Diagnostic, KustoCode, SyntaxNode } from './parser.js';
import { kindOf, maybe, nameOf, part, symbolKindOf, toArray } from './syntax.js';

/**
 * Semantic complaints of the official binder that the reference engine does not share (seen wrong in practice): it
 * holds what a dynamic literal looks like against the functions that read it, array (KS234) or bag (KS235).
 */
const FALSE_ALARMS: ReadonlySet<string> = new Set(['KS234', 'KS235']);

/** `A value of type bool expected`, where the reference takes others too: count(x), and not("term") in a search. */
const BOOL_EXPECTED = 'KS107';

/** `The expression value must be an integer`: the seconds of make_timespan() need not be one. */
const INTEGER_EXPECTED = 'KS134';

/** A value of another type expected: of what stands in `literal[…]` the other kind of index just finds nothing. */
const TYPE_EXPECTED = 'KS141';

/**
 * A name that the binder does not look for among the nodes or edges of a graph: in graph-where-nodes, graph-where-edges
 * and functions over inner_nodes(). `calls.ts` and `expressions.ts` resolve it, or refuse it.
 */
function isOfGraph({ Start }: Diagnostic, code: KustoCode): boolean {
  const root = code.Syntax as SyntaxNode & { GetTokenAt?(position: number): SyntaxNode | null };
  for (let at = root.GetTokenAt?.(Start) ?? undefined; at; at = maybe(at, 'Parent')) {
    const kind = kindOf(at);
    if (kind === 'GraphWhereNodesOperator' || kind === 'GraphWhereEdgesOperator') return true;
    if (kind !== 'FunctionCallExpression' || !['all', 'any', 'map'].includes(nameOf(part(at, 'Name')))) continue;
    const [over] = argumentsOf(at);
    return over !== undefined && pathOf(over)?.of === 'nodes';
  }
  return false;
}

/** `The expression must be a literal`: the reference takes a variable or a parameter for the one that it holds. */
const LITERAL_EXPECTED = 'KS131';

function isOfVariable({ Code, Start }: Diagnostic, code: KustoCode): boolean {
  if (Code !== LITERAL_EXPECTED) return false;
  const root = code.Syntax as SyntaxNode & { GetTokenAt?(position: number): SyntaxNode | null };
  let at = root.GetTokenAt?.(Start) ?? undefined;
  while (at && kindOf(at) !== 'NameReference') at = maybe(at, 'Parent');
  const symbol = at?.ReferencedSymbol;
  return !!symbol && ['VariableSymbol', 'ParameterSymbol'].includes(symbolKindOf(symbol));
}

function isFalseAlarm({ Code, Start }: Diagnostic, text: string): boolean {
  if (FALSE_ALARMS.has(Code)) return true;
  const before = text.slice(0, Start);
  if (Code === INTEGER_EXPECTED) return /\bmake_timespan\s*\([^()]*$/.test(before);
  if (Code === TYPE_EXPECTED) return before.trimEnd().endsWith('[');
  if (Code !== BOOL_EXPECTED) return false;
  return (
    /\bcount\s*\(\s*$/.test(before) ||
    (/\bnot\s*\(\s*$/.test(before) && /\bsearch\b/.test(before) && /["'@h]/.test(text[Start]!))
  );
}

/** Unresolved names, which the reference reports as SEM0100. */
const UNRESOLVED = /does not refer to any known|is not defined|not recognized|could not be resolved/i;

/** Throws the first error that the official parser and binder found. */
export function refuseErrors(code: KustoCode, text: string): void {
  const errors = toArray(code.GetDiagnostics()).filter(
    (diagnostic) =>
      diagnostic.Severity === 'Error' &&
      !isFalseAlarm(diagnostic, text) &&
      !isLongForInt(diagnostic, text) &&
      !isOfVariable(diagnostic, code) &&
      !(UNRESOLVED.test(diagnostic.Message) && isOfGraph(diagnostic, code)),
  );
  const first = errors.reduce<Diagnostic | undefined>((a, b) => (a && a.Start <= b.Start ? a : b), undefined);
  if (first) throw toError(first);
}

/** A whole number is a long; the reference takes it where the binder wants an int (the degree of series_fit_poly). */
function isLongForInt({ Message, Start, Length }: Diagnostic, text: string): boolean {
  return Message === 'A value of type int expected.' && /^-?\d+$/.test(text.slice(Start, Start + Length));
}

function toError(diagnostic: Diagnostic): KustoError {
  const span = { start: diagnostic.Start, end: diagnostic.Start + diagnostic.Length };
  return new KustoError(codeOf(diagnostic), diagnostic.Message, { span });
}

/** `The operator '…' is not defined for the operand types …`. */
const OPERATOR_UNDEFINED = 'KS106';

function codeOf(diagnostic: Diagnostic): ErrorCode {
  if (diagnostic.Code === OPERATOR_UNDEFINED) return /'[-+*/%]'/.test(diagnostic.Message) ? 'SEM0064' : 'SEM0001';
  if (UNRESOLVED.test(diagnostic.Message)) return 'SEM0100';
  const number = Number(diagnostic.Code.replace(/\D/g, ''));
  return number < 100 ? 'SYN0001' : 'SEM0001';
}
