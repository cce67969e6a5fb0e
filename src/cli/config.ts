import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { KustoError } from '../errors/index.js';
import { parseSecurityConfig } from '../security/index.js';
import { DEFAULT_LIMITS } from '../server/index.js';
import { parseTimespan } from '../values/index.js';

/** `calypso.yaml`. Unknown keys are refused: a misspelt one would be a setting that silently is not in force. */

const duration = z.string().transform((text, context) => {
  const ticks = parseTimespan(text);
  if (ticks !== undefined && ticks > 0n) return Number(ticks / 10_000n);
  context.addIssue({ code: 'custom', message: `must be a timespan such as '4m' or '00:04:00'` });
  return z.NEVER;
});

const schema = z.strictObject({
  server: z
    .strictObject({
      host: z.string().default('127.0.0.1'),
      port: z.int().min(0).max(65535).default(8080),
      /** Files, PEM. */
      tls: z.strictObject({ certificate: z.string(), key: z.string() }).optional(),
      trustedProxy: z.boolean().default(false),
      /** Address by which clients reach the server, where it is not the one it listens on. */
      publicUrl: z.url().optional(),
      logLevel: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
    })
    .prefault({}),
  data: z.string().default('data'),
  security: z
    .unknown()
    .optional()
    .transform((value, context) => {
      try {
        return parseSecurityConfig(value);
      } catch (error) {
        if (!(error instanceof KustoError)) throw error;
        context.addIssue({ code: 'custom', message: error.message });
        return z.NEVER;
      }
    }),
  /** Folders of this machine that commands may read from and write to. */
  localRoots: z.array(z.string()).default([]),
  storage: z
    .strictObject({
      /** A service that stands in for Amazon's (MinIO and its like): every S3 address is sent there. */
      s3Endpoint: z.url({ protocol: /^https?$/ }).optional(),
    })
    .prefault({}),
  limits: z
    .strictObject({
      bodySize: z.int().positive().default(DEFAULT_LIMITS.bodySize),
      queryTimeout: duration.default(DEFAULT_LIMITS.queryTimeout),
      commandTimeout: duration.default(DEFAULT_LIMITS.commandTimeout),
      /** Bytes of files that one read of an external table may bring in. */
      externalScanSize: z
        .int()
        .positive()
        .default(20 * 1024 ** 3),
      maxTimeout: duration.default(DEFAULT_LIMITS.maxTimeout),
    })
    .prefault({}),
  engine: z
    .strictObject({
      /** As DuckDB writes sizes: `4GB`. */
      memoryLimit: z.string().optional(),
      threads: z.int().positive().optional(),
    })
    .prefault({}),
});

export type Configuration = z.output<typeof schema>;

/** Paths in the file are relative to it, the default data folder to where the program runs. Throws Configuration_Invalid. */
export async function readConfiguration(file: string | undefined): Promise<Configuration> {
  if (file === undefined) return parseConfiguration('', process.cwd());
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new KustoError('Configuration_Invalid', `The configuration '${file}' cannot be read (${code}).`, { cause });
  }
  return parseConfiguration(text, dirname(resolve(file)));
}

export function parseConfiguration(text: string, folder: string): Configuration {
  const document = parseDocument(text);
  const [broken] = document.errors;
  if (broken) throw invalid([broken.message.split('\n')[0] as string]);
  const parsed = schema.safeParse(document.toJS() ?? {});
  if (!parsed.success) throw invalid(parsed.error.issues.map((i) => `${i.path.join('.') || 'file'}: ${i.message}`));
  const { server, ...rest } = parsed.data;
  const path = (name: string): string => resolve(folder, name);
  const tls = server.tls && { certificate: path(server.tls.certificate), key: path(server.tls.key) };
  return {
    ...rest,
    server: { ...server, ...(tls && { tls }) },
    data: path(rest.data),
    localRoots: rest.localRoots.map(path),
  };
}

const invalid = (faults: readonly string[]): KustoError =>
  new KustoError('Configuration_Invalid', `The configuration cannot be used. ${faults.join('; ')}`);
