// `npm run demo [-- --fast --keep]`: sets up, then walks the five steps on real components. See demo/main.ts.
import { main, runNode } from './setup.mjs';

await main((args) => runNode(['--import', 'tsx', 'demo/main.ts', ...args]));
