/**
 * `tsx tests/clients/python/run.ts PYTHON`: brings up storage, authority and Calypso, and lets the Python tests at them.
 * Leaves with Python's exit code.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Stack } from '../../support/stack.js';

const python = process.argv[2] ?? 'python3';
const folder = await mkdtemp(join(tmpdir(), 'calypso-python-'));
const stack = await Stack.start(folder);
try {
  stack.storage.grant(stack.identity.objectId);
  const tokenFile = join(folder, 'token');
  await writeFile(tokenFile, await stack.administratorToken(), { mode: 0o600 });
  const tests = spawn(python, [fileURLToPath(new URL('test_client.py', import.meta.url))], {
    stdio: 'inherit',
    env: {
      ...process.env,
      CALYPSO_ENDPOINT: stack.endpoint,
      CALYPSO_DATABASE: 'NetDefaultDB',
      CALYPSO_TOKEN_FILE: tokenFile,
      CALYPSO_IDENTITY: JSON.stringify(stack.identity),
      CALYPSO_STORAGE: stack.storage.url,
    },
  });
  const [code] = (await once(tests, 'exit')) as [number | null];
  process.exitCode = code ?? 1;
} finally {
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
}
