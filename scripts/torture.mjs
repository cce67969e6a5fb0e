// `npm run torture [-- --kills 100 --seed N]`: sets up, then kills the server at random. See tests/torture/main.ts.
import { main, runNode } from './setup.mjs';

await main((args) => runNode(['--import', 'tsx', 'tests/torture/main.ts', ...args]));
