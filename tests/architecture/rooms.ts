import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** A room of docs/architecture.md and the rooms that it may import; `all` for those that put the server together. */
export interface Room {
  readonly name: string;
  readonly mayImport: ReadonlySet<string> | 'all';
}

/** Reads the table below `## Rooms`: first cell `src/x/` (several in one row share its rule), last cell the imports. */
export function roomsOf(markdown: string): ReadonlyMap<string, Room> {
  const section = markdown.split(/^## /m).find((part) => part.startsWith('Rooms\n'));
  if (section === undefined) throw new Error('docs/architecture.md has no section "## Rooms".');
  const rooms = new Map<string, Room>();
  for (const line of section.split('\n').filter((text) => text.startsWith('| `src/'))) {
    const cells = line.split('|').map((cell) => cell.trim());
    const imports = cells[3] ?? '';
    const named = [...imports.matchAll(/`([a-z]+)`/g)].map((match) => match[1] as string);
    if (named.length === 0 && imports !== 'nothing' && imports !== 'all rooms') {
      throw new Error(`Cannot read what a room may import: ${line}`);
    }
    for (const [, name] of (cells[1] ?? '').matchAll(/`src\/([a-z]+)(?:\/|\.ts)`/g)) {
      rooms.set(name as string, { name: name as string, mayImport: imports === 'all rooms' ? 'all' : new Set(named) });
    }
  }
  return rooms;
}

export interface SourceFile {
  /** From the root, with `/`: src/values/types.ts. */
  readonly path: string;
  readonly room: string;
  /** Files of src/ that it imports, re-exports or loads, types included. */
  readonly files: readonly string[];
  /** Packages that it imports, by package name. */
  readonly packages: readonly string[];
}

const roomOf = (path: string): string => (path.split('/')[1] ?? '').replace(/\.ts$/, '');

/** What a file imports. `preProcessFile` sees static, type-only and dynamic imports and re-exports alike. */
export function readSource(path: string, text: string): SourceFile {
  const specifiers = ts.preProcessFile(text, true, true).importedFiles.map((file) => file.fileName);
  const local = specifiers.filter((name) => name.startsWith('.'));
  return {
    path,
    room: roomOf(path),
    files: local.map((name) => posix.join(posix.dirname(path), name).replace(/\.js$/, '.ts')),
    packages: specifiers.filter((name) => !name.startsWith('.')).map(packageOf),
  };
}

function packageOf(specifier: string): string {
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] as string);
}

/** Every source file of src/. Unit tests stand beside the code and may use any real component: they are left out. */
export function readSources(): readonly SourceFile[] {
  return readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => readSource(relative(root, file).split(sep).join('/'), readFileSync(file, 'utf8')));
}

/** The first ring of files that import each other, or undefined. */
export function findCycle(sources: readonly SourceFile[]): readonly string[] | undefined {
  const imports = new Map(sources.map((source) => [source.path, source.files]));
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): readonly string[] | undefined => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    if (done.has(path)) return undefined;
    for (const next of imports.get(path) ?? []) {
      const cycle = visit(next, [...trail, path]);
      if (cycle) return cycle;
    }
    done.add(path);
    return undefined;
  };
  for (const source of sources) {
    const cycle = visit(source.path, []);
    if (cycle) return cycle;
  }
  return undefined;
}
