import { KustoError, type ErrorCode } from '../errors/index.js';
import type { Diagnostic, KustoCode } from './parser.js';
import { toArray } from './syntax.js';

/**
 * Semantic complaints of the official binder that the reference engine does not share (seen wrong in practice): it
 * holds what a dynamic literal looks like against the functions that read it, array (KS234) or bag (KS235).
 */
const FALSE_ALARMS: ReadonlySet<string> = new Set(['KS234', 'KS235']);

/** Unresolved names, which the reference reports as SEM0100. */
const UNRESOLVED = /does not refer to any known|is not defined|not recognized|could not be resolved/i;

/** `KS141` (a value of another type expected) of what stands in `literal[…]`: the other kind of index just finds nothing. */
const isIndexAlarm = (diagnostic: Diagnostic, text: string): boolean =>
  diagnostic.Code === 'KS141' && text.slice(0, diagnostic.Start).trimEnd().endsWith('[');

/** Throws the first error that the official parser and binder found. */
export function refuseErrors(code: KustoCode, text: string): void {
  const errors = toArray(code.GetDiagnostics()).filter(
    (diagnostic) =>
      diagnostic.Severity === 'Error' &&
      !FALSE_ALARMS.has(diagnostic.Code) &&
      !isIndexAlarm(diagnostic, text) &&
      !isLongForInt(diagnostic, code) &&
      !isCounted(diagnostic, text),
  );
  const first = errors.reduce<Diagnostic | undefined>((a, b) => (a && a.Start <= b.Start ? a : b), undefined);
  if (first) throw toError(first);
}

/** count(x) counts rows whatever x is; the binder wants a condition. */
const isCounted = ({ Message, Start }: Diagnostic, text: string): boolean =>
  Message === 'A value of type bool expected.' && /\bcount\s*\(\s*$/.test(text.slice(0, Start));

/** A whole number is a long; the reference takes it where the binder wants an int (the degree of series_fit_poly). */
function isLongForInt({ Message, Start, Length }: Diagnostic, code: KustoCode): boolean {
  return Message === 'A value of type int expected.' && /^-?\d+$/.test(code.Text.slice(Start, Start + Length));
}

function toError(diagnostic: Diagnostic): KustoError {
  const span = { start: diagnostic.Start, end: diagnostic.Start + diagnostic.Length };
  return new KustoError(codeOf(diagnostic), diagnostic.Message, { span });
}

function codeOf(diagnostic: Diagnostic): ErrorCode {
  if (UNRESOLVED.test(diagnostic.Message)) return 'SEM0100';
  const number = Number(diagnostic.Code.replace(/\D/g, ''));
  return number < 100 ? 'SYN0001' : 'SEM0001';
}
