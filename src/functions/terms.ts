/** What a term is: a run of letters and digits of any script. Other characters end it (string operators page). */
const WORD = /[\p{L}\p{N}]/u;

const lastCharacter = (text: string): string => [...text.slice(-2)].at(-1) ?? '';
const firstCharacter = (text: string): string => [...text.slice(0, 2)][0] ?? '';

/**
 * True when `term` stands in `text` with no letter or digit next to a letter or digit of its own; case does not matter.
 */
export function hasTerm(text: string, term: string): boolean {
  const haystack = text.toLowerCase();
  const needle = term.toLowerCase();
  if (needle === '') return true;
  const opens = WORD.test(firstCharacter(needle));
  const closes = WORD.test(lastCharacter(needle));
  for (let at = haystack.indexOf(needle); at >= 0; at = haystack.indexOf(needle, at + 1)) {
    const before = lastCharacter(haystack.slice(Math.max(0, at - 2), at));
    const after = firstCharacter(haystack.slice(at + needle.length, at + needle.length + 2));
    if (!(opens && WORD.test(before)) && !(closes && WORD.test(after))) return true;
  }
  return false;
}
