import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import { identity } from './cli/identity.js';
import type { IdentityOptions } from './cli/identity.js';
import { query } from './cli/query.js';
import type { QueryOptions } from './cli/query.js';
import { serve } from './cli/serve.js';
import type { ServeOptions } from './cli/serve.js';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

function port(text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number <= 65535) return number;
  throw new InvalidArgumentError('A port is a number from 0 (any free one) to 65535.');
}

/** The command line. Answers the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const program = new Command('calypso').description('An open data explorer that speaks Kusto').version(version);
  program
    .command('serve')
    .description('run the server')
    .option('--port <number>', 'port to listen on; 0 takes a free one (default: 8080)', port)
    .option('--host <address>', 'address to listen on (default: 127.0.0.1)')
    .option('--data <folder>', 'folder of the data (default: ./data)')
    .option('--config <file>', 'configuration, calypso.yaml')
    .option('--development', 'no authentication, this machine only')
    .action((options: ServeOptions) => serve(options));
  program
    .command('query')
    .description('run a query or command and print its result')
    .argument('<text>', 'KQL, or a command that begins with a dot')
    .option('--endpoint <url>', 'address of the server', 'http://127.0.0.1:8080')
    .option('--db <name>', 'database', 'NetDefaultDB')
    .addOption(new Option('--token <token>', 'bearer token').env('CALYPSO_TOKEN'))
    .action((text: string, options: QueryOptions) => query(text, options));
  program
    .command('identity')
    .description('run the local authority: tokens for development and tests')
    .requiredOption('--config <file>', 'its principals and identities, YAML')
    .option('--port <number>', 'port of OpenID and tokens (https)', port)
    .option('--identity-port <number>', 'port of the managed-identity endpoints (http)', port)
    .option('--ca-file <file>', 'write the certificate of the CA to trust here')
    .action((options: IdentityOptions) => identity(options));
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  }
}
