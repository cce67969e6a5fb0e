import { KustoError } from '../errors/index.js';
import { completeBestEffort } from './best-effort.js';
import { refuseErrors } from './diagnostics.js';
import { refuseDoubling } from './growth.js';
import { KeptPlans } from './kept-plans.js';
import { LongLists } from './long-lists.js';
import { completeParses } from './parse-names.js';
import { official, type GlobalState, type SyntaxNode } from './parser.js';
import type { Schema } from './schema.js';
import { writeOutViews } from './views.js';

/** Texts whose trees are kept, and how long one may be: a tree takes a few hundred times its text. */
const MOST_TEXTS = 128;
const LONGEST_TEXT = 8192;

/**
 * Characters that the official parser is given to read, which nothing can interrupt: it takes five seconds for a million.
 * Long lists of literals do not count.
 */
const MOST_CHARACTERS = 2_000_000;

/** The official tree of a text, the lists that it holds a part of, and what has been made of it. */
export interface Analyzed {
  readonly syntax: SyntaxNode;
  readonly lists: LongLists;
  readonly plans: KeptPlans;
}

/** By what names are bound to, then by text; the one used longest ago comes first. */
const known = new WeakMap<GlobalState, Map<string, Analyzed>>();

/**
 * The official tree of a text, its names bound. Kept for as long as the schema is the same: that is nine tenths of what
 * compiling takes. A tree holds nothing of a request (time, principal, parameters), and what names it may bind to is what
 * `globals` holds, so callers who see other databases never share one.
 *
 * @param globals the binder's view of `schema`
 * @param bestEffort the request property `best_effort`
 * @param read the text's long lists, where the caller has read them
 * @throws KustoError for the first thing that is wrong
 */
export function analyzed(
  text: string,
  schema: Schema,
  globals: GlobalState,
  bestEffort?: unknown,
  read?: LongLists,
): Analyzed {
  let trees = known.get(globals);
  if (!trees) known.set(globals, (trees = new Map()));
  const kept = trees.get(text);
  if (kept) {
    completeBestEffort(kept.syntax, text, bestEffort);
    trees.delete(text);
    trees.set(text, kept);
    return kept;
  }
  const code = analyze(text, schema, globals, bestEffort, read ?? new LongLists(text));
  if (text.length <= LONGEST_TEXT) {
    if (trees.size >= MOST_TEXTS) trees.delete(trees.keys().next().value!);
    trees.set(text, code);
  }
  return code;
}

function analyze(text: string, schema: Schema, globals: GlobalState, bestEffort: unknown, lists: LongLists): Analyzed {
  const characters = text.length - lists.length;
  if (characters > MOST_CHARACTERS) {
    throw new KustoError(
      'E_RUNAWAY_QUERY',
      `The query is too long: ${characters} characters besides long lists of literals, where at most ${MOST_CHARACTERS} are read. Put data into a table, or into a list of plain literals.`,
    );
  }
  let code;
  try {
    refuseDoubling(lists.text);
    code = official().Kusto.Language.KustoCode.ParseAndAnalyze(lists.text, globals);
  } catch (error) {
    if (error instanceof KustoError) throw error;
    // The official library throws on a few texts instead of reporting; what it says is of no use to the caller.
    throw new KustoError('SYN0001', 'The query could not be parsed.', { cause: error });
  }
  const { Syntax: syntax } = code;
  completeBestEffort(syntax, text, bestEffort);
  writeOutViews(syntax, text, schema);
  lists.whole(() => completeParses(syntax, text));
  refuseErrors(code, text);
  return { syntax, lists, plans: new KeptPlans() };
}
