// `npm run serve [-- arguments]`: sets up, then serves for development on this machine only.
import { main, runNode } from './setup.mjs';

await main((args) => runNode(['bin/calypso.mjs', 'serve', '--development', ...args]));
