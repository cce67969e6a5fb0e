import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const CONFORMANCE = join(ROOT, '../shared/conformance');

/** Queries to compile: those of the conformance cases, or else the ones that our own tests send. */
export function queriesToCompile(): { readonly source: string; readonly queries: readonly string[] } {
  const folder = [CONFORMANCE, process.env['CALYPSO_CONFORMANCE'] ?? ''].find(
    (each) => each !== '' && existsSync(each),
  );
  if (folder !== undefined) {
    const lines = readdirSync(folder)
      .filter((name) => name.endsWith('.jsonl'))
      .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n').filter(Boolean));
    return { source: 'conformance', queries: lines.map((line) => (JSON.parse(line) as { query: string }).query) };
  }
  const tests = readdirSync(join(ROOT, 'tests/query')).filter((name) => name.endsWith('.test.ts'));
  const texts = tests.flatMap((name) => {
    const source = readFileSync(join(ROOT, 'tests/query', name), 'utf8');
    return [...source.matchAll(/(['"`])((?:print|range|datatable|let|union)\b(?:\\.|(?!\1)[\s\S])*)\1/g)];
  });
  const queries = texts.map(([, , text]) => text!).filter((text) => !text.includes('${'));
  return { source: "the tests' own", queries };
}
