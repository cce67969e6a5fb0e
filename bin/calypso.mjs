#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import process from 'node:process';

// Long queries hold a thread of libuv's pool each; with the default of four, four of them stop all file access. The
// pool takes its size at first use, so this stands before anything else is loaded.
process.env.UV_THREADPOOL_SIZE ??= String(Math.max(16, availableParallelism() * 4));

const main = new URL('../dist/main.js', import.meta.url);
if (existsSync(main)) {
  process.exitCode = await (await import(main.href)).main(process.argv.slice(2));
} else {
  console.error('Calypso is not built. In a checkout, run: npm ci && npm run build');
  process.exitCode = 1;
}
