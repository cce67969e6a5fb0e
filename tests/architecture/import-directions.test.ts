import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findCycle, readSource, readSources, root, roomsOf } from './rooms.js';

const rooms = roomsOf(readFileSync(join(root, 'docs', 'architecture.md'), 'utf8'));
const sources = readSources();

/** Packages that one place alone may know: everything else goes through the seam that the place implements. */
const PACKAGE_OWNERS: readonly (readonly [what: string, packages: RegExp, owners: readonly string[]])[] = [
  ['the KQL parser', /^@kusto\/language-service-next$/, ['src/language/']],
  ['DuckDB', /^@duckdb\//, ['src/engines/duckdb/', 'src/sql/dialects/duckdb/']],
  ['the storage SDK', /^@azure\/storage-/, ['src/storage/']],
  ['the drivers of SQL databases', /^(tedious|pg|pg-copy-streams|mysql2)$/, ['src/storage/sql/']],
  ['the identity SDK', /^@azure\/identity$/, ['src/security/', 'src/storage/']],
  ['the HTTP framework', /^(fastify|@fastify\/.*)$/, ['src/server/', 'src/security/authority/', 'src/cli/']],
];

/** Implementations behind a seam: chosen where the server is put together, known to nobody else. */
const COMPOSED_ONLY = ['src/engines/duckdb/', 'src/sql/dialects/duckdb/'];
const isComposer = (path: string): boolean => path.startsWith('src/cli/') || path === 'src/main.ts';

const isIn = (path: string, folders: readonly string[]): boolean => folders.some((folder) => path.startsWith(folder));

describe('the structure on disk is the structure in docs/architecture.md', () => {
  it('every room on disk stands in the table of rooms, and every room of the table is on disk', () => {
    const onDisk = [...new Set(sources.map((source) => source.room))].sort();
    expect([...rooms.keys()].sort()).toEqual(onDisk);
  });

  it('every relative import leads to a source file', () => {
    const paths = new Set(sources.map((source) => source.path));
    const lost = sources.flatMap((source) =>
      source.files.filter((file) => !paths.has(file)).map((file) => `${source.path} → ${file}`),
    );
    expect(lost).toEqual([]);
  });
});

describe('imports go one way', () => {
  it('a room imports only the rooms that the table allows it, types included', () => {
    const broken = sources.flatMap((source) => {
      const allowed = rooms.get(source.room)?.mayImport;
      if (allowed === 'all') return [];
      return source.files
        .map((file) => ({ file, room: (file.split('/')[1] ?? '').replace(/\.ts$/, '') }))
        .filter(({ room }) => room !== source.room && !allowed?.has(room))
        .map(({ file }) => `${source.path} → ${file}`);
    });
    expect(broken).toEqual([]);
  });

  it('the table itself has no ring: a room may import only rooms of earlier rows', () => {
    const order = [...rooms.keys()];
    const backwards = [...rooms.values()].flatMap((room) =>
      room.mayImport === 'all'
        ? []
        : [...room.mayImport]
            .filter((other) => !rooms.has(other) || order.indexOf(other) >= order.indexOf(room.name))
            .map((other) => `${room.name} → ${other}`),
    );
    expect(backwards).toEqual([]);
  });

  it('no file imports itself through others', () => {
    expect(findCycle(sources)).toBeUndefined();
  });

  it.each(PACKAGE_OWNERS)('%s is known in its own place only', (_what, packages, owners) => {
    const strangers = sources
      .filter((source) => !isIn(source.path, owners) && source.packages.some((name) => packages.test(name)))
      .map((source) => source.path);
    expect(strangers).toEqual([]);
  });

  it('an engine and its dialect are named only where the server is put together', () => {
    const strangers = sources
      .filter((source) => !isComposer(source.path) && !isIn(source.path, COMPOSED_ONLY))
      .filter((source) => source.files.some((file) => isIn(file, COMPOSED_ONLY)))
      .map((source) => source.path);
    expect(strangers).toEqual([]);
  });
});

describe('the check itself', () => {
  it('sees static, type-only, dynamic and re-exporting imports', () => {
    const text = `import a from './a.js'; import type { B } from '../errors/b.js'; export * from './c.js';
      const d = await import('./d.js'); type E = import('./e.js').E; import '@duckdb/node-api';`;
    expect(readSource('src/values/x.ts', text)).toEqual({
      path: 'src/values/x.ts',
      room: 'values',
      files: ['a', 'b', 'c', 'd', 'e'].map((n) => (n === 'b' ? 'src/errors/b.ts' : `src/values/${n}.ts`)),
      packages: ['@duckdb/node-api'],
    });
  });

  it('finds a ring of three files', () => {
    const file = (name: string, to: string) => ({ path: name, room: 'x', files: [to], packages: [] });
    expect(findCycle([file('a', 'b'), file('b', 'c'), file('c', 'a')])).toEqual(['a', 'b', 'c', 'a']);
  });
});
