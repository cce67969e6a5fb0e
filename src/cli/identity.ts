import { readFile, writeFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { startAuthority } from '../security/authority/index.js';
import type { AuthorityConfigInput } from '../security/authority/index.js';

export interface IdentityOptions {
  readonly config: string;
  readonly port?: number;
  readonly identityPort?: number;
  readonly caFile?: string;
}

/** Runs the local authority of the development tenant until SIGTERM or SIGINT. */
export async function identity({ config, port, identityPort, caFile }: IdentityOptions): Promise<void> {
  const file = (parse(await readFile(config, 'utf8')) ?? {}) as AuthorityConfigInput;
  const authority = await startAuthority({
    ...file,
    ...(port !== undefined && { port }),
    ...(identityPort !== undefined && { identityPort }),
  });
  if (caFile !== undefined) await writeFile(caFile, authority.ca);
  console.log(`The local authority of the development tenant ${authority.tenantId} listens on ${authority.url}`);
  console.log('Environment under which a server gets the tokens of its identities here:');
  for (const [name, value] of Object.entries(authority.appServiceEnvironment)) console.log(`  ${name}=${value}`);
  if (caFile !== undefined) console.log(`  NODE_EXTRA_CA_CERTS=${caFile}`);
  await new Promise<void>((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => resolve());
  });
  await authority.close();
}
