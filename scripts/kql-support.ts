/** `npm run kql-support`: writes docs/kql-support.md, what of the official language's lists this server answers. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isWindowFunction, scalarFunction } from '../src/functions/index.js';
import { ALIASES, SPECIAL } from '../src/language/calls.js';
import { OPERATORS } from '../src/language/operators/index.js';
import { SEVERAL } from '../src/language/operators/several.js';
import { SOURCES } from '../src/language/operators/sources.js';
import { official } from '../src/language/parser.js';
import { PLUGINS, REFUSED_PLUGINS } from '../src/language/plugins/index.js';
import { REQUEST_FACTS } from '../src/language/request-facts.js';
import { DUCKDB } from '../src/sql/dialects/duckdb/index.js';
import { GENERAL_DIFFERENCES, KNOWN_DIFFERENCES } from './known-differences.js';

export const PAGE = new URL('../docs/kql-support.md', import.meta.url);

/** Bound where they stand, and in no registry: parts of a path, the operator that ends a query, several percentiles at once. */
const BOUND_IN_PLACE: ReadonlySet<string> = new Set([
  'cluster',
  'database',
  'RenderOperator',
  'percentiles',
  'percentilesw',
  'preview',
]);

/** Why some are refused; the others are just not built. */
const UNPUBLISHED = 'how the reference computes it is not published, so the same answer cannot be promised';
const NOT_STORED = 'this server stores none';
const REASONS: Readonly<Record<string, string>> = {
  geo_info_from_ip_address: 'needs a database of addresses that is not part of this server',
  hash_combine: UNPUBLISHED,
  hash_many: UNPUBLISHED,
  entity_group: NOT_STORED,
  graph: NOT_STORED,
  row_id: 'what it yields is not published, so the same answer cannot be promised',
  materialized_view: NOT_STORED,
  stored_query_result: NOT_STORED,
};

function isFunctionSupported(name: string): boolean {
  const canonical = ALIASES[name] ?? name;
  return (
    Object.hasOwn(SPECIAL, name) ||
    Object.hasOwn(REQUEST_FACTS, name) ||
    Object.hasOwn(SOURCES, `${name}()`) ||
    isWindowFunction(name) ||
    DUCKDB.scalars.has(canonical) ||
    scalarFunction(canonical) !== undefined
  );
}

const isOperatorSupported = (kind: string): boolean =>
  [OPERATORS, SEVERAL, SOURCES].some((registry) => Object.hasOwn(registry, kind));

/** Classes of the official tree that are no operators of their own. */
const NO_OPERATORS: ReadonlySet<string> = new Set(['QueryOperator', 'BadQueryOperator']);

/** Documented, but on no list of the official language. */
const UNLISTED_PLUGINS = ['diffpatterns_text', 'schema_merge'];

interface Section {
  readonly title: string;
  readonly names: readonly string[];
  readonly isSupported: (name: string) => boolean;
}

const language = official().Kusto.Language as unknown as Record<string, Record<string, unknown>>;

/** Names of a list of the official language, hidden ones left out. */
const listed = (list: string): string[] => {
  const all = language[list]!['All'] as Iterable<{ Name: string; IsHidden: boolean }>;
  return [...new Set([...all].filter((symbol) => !symbol.IsHidden).map((symbol) => symbol.Name))];
};

const SECTIONS: readonly Section[] = [
  {
    title: 'Operators',
    names: Object.keys(language['Syntax']!).filter((kind) => kind.endsWith('Operator') && !NO_OPERATORS.has(kind)),
    isSupported: isOperatorSupported,
  },
  { title: 'Scalar functions', names: listed('Functions'), isSupported: isFunctionSupported },
  { title: 'Aggregates', names: listed('Aggregates'), isSupported: (name) => DUCKDB.aggregates.has(name) },
  {
    title: 'Plugins',
    names: [...listed('PlugIns'), ...UNLISTED_PLUGINS],
    isSupported: (name) => Object.hasOwn(PLUGINS, name),
  },
];

function split({ names, isSupported }: Section): { answered: string[]; refused: string[] } {
  const sorted = [...names].sort();
  const isAnswered = (name: string): boolean => BOUND_IN_PLACE.has(name) || isSupported(name);
  return { answered: sorted.filter(isAnswered), refused: sorted.filter((name) => !isAnswered(name)) };
}

/** Names of a section of the page that are answered. */
export function answeredNames(title: string): readonly string[] {
  return split(SECTIONS.find((section) => section.title === title)!).answered;
}

export function kqlSupport(): string {
  const listedAnswers = new Set<string>();
  const sections = SECTIONS.map((section) => {
    const { title, names } = section;
    const { answered, refused } = split(section);
    answered.forEach((name) => listedAnswers.add(name));
    const differing = answered.filter((name) => Object.hasOwn(KNOWN_DIFFERENCES, name));
    return `## ${title}

${answered.length} of ${names.length} are answered:

${answered.map((name) => `\`${name}\``).join(' · ')}

Refused:

${refused.map((name) => `- \`${name}\`${reasonOf(name)}`).join('\n') || 'none'}
${differing.length === 0 ? '' : `\nKnown differences:\n\n${differing.map((name) => `- \`${name}\`: ${KNOWN_DIFFERENCES[name]}`).join('\n')}\n`}`;
  });
  const unknown = Object.keys(KNOWN_DIFFERENCES).filter((name) => !listedAnswers.has(name));
  if (unknown.length > 0) throw new Error(`Known differences of what is not answered: ${unknown.join(', ')}.`);
  return `# KQL support

Made by \`npm run kql-support\` from the code, against the lists of Microsoft's own language service; do not edit. What is refused gets
a coded error (\`CAL0001\`) that names it. An entry that is answered may refuse forms of it that cannot be answered exactly.

${sections.join('\n')}
## Known differences of no single entry

${GENERAL_DIFFERENCES.map((line) => `- ${line}`).join('\n')}
`;
}

function reasonOf(name: string): string {
  const reason = REASONS[name] ?? REFUSED_PLUGINS[name];
  return reason === undefined ? '' : `: ${reason}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(PAGE, kqlSupport());
