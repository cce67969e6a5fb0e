// `npm test [-- vitest arguments]`: sets up, then runs every test once.
import { main, runNode } from './setup.mjs';

await main((args) => runNode(['node_modules/vitest/vitest.mjs', 'run', ...args]));
