// `npm run bench -- <name> [options]`: sets up, then runs bench/<name>.ts (or bench/<name>/main.ts) with its options.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { install, main, root, runNode } from './setup.mjs';

const folder = join(root, 'bench');
const BESIDE_CLICKHOUSE = ['query', 'export'];

function names() {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isFile() && entry.name.endsWith('.ts')) return [entry.name.slice(0, -3)];
    return existsSync(join(folder, entry.name, 'main.ts')) ? [entry.name] : [];
  });
}

await main(async ([name, ...options]) => {
  if (!name || !names().includes(name))
    throw new Error(`npm run bench -- <name> [options]. Names: ${names().join(', ')}`);
  // The ClickHouse engine is half a gigabyte: it is installed for those who measure beside it. Not by `npm ci`, which
  // wants the engine of every platform in the lock file.
  if (BESIDE_CLICKHOUSE.includes(name)) await install(join(folder, 'chdb'), ['install', '--no-save']);
  const file = existsSync(join(folder, `${name}.ts`)) ? `${name}.ts` : join(name, 'main.ts');
  return runNode(['--import', 'tsx', join('bench', file), ...options]);
});
