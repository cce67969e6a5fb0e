import { pino } from 'pino';
import { compose } from './compose.js';
import { readConfiguration } from './config.js';
import type { Configuration } from './config.js';
import type { ServerLog } from '../server/index.js';

export interface ServeOptions {
  readonly host?: string;
  readonly port?: number;
  readonly data?: string;
  readonly config?: string;
  readonly development?: boolean;
}

/** Serves until SIGTERM or SIGINT; SIGHUP reads the security part of the configuration again. */
export async function serve(options: ServeOptions): Promise<void> {
  const development = options.development === true;
  const configuration = withOptions(await readConfiguration(options.config), options);
  const log = pino(
    { level: configuration.server.logLevel },
    pino.destination({ dest: 2, sync: false }),
  ) as unknown as ServerLog;
  const calypso = await compose(configuration, { development, log });
  let address: string;
  try {
    address = await calypso.listen();
  } catch (error) {
    await calypso.stop();
    throw error;
  }
  if (development)
    console.log('Development mode: no authentication, this machine only, every caller is AllDatabasesAdmin.');
  console.log(`Calypso listens on ${address}`);

  process.on('SIGHUP', () => {
    readConfiguration(options.config)
      .then((next) => {
        calypso.reload(next);
        log.info('configuration read again');
      })
      .catch((error: unknown) => log.error({ reason: (error as Error).message }, 'configuration not taken over'));
  });
  const signal = await new Promise<string>((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, resolve);
  });
  log.info({ signal }, 'stopping');
  await calypso.stop();
}

/** What the command line says wins over the file. */
function withOptions(configuration: Configuration, { host, port, data }: ServeOptions): Configuration {
  const server = { ...configuration.server, ...(host !== undefined && { host }), ...(port !== undefined && { port }) };
  return { ...configuration, server, ...(data !== undefined && { data }) };
}
