import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const CHILD = fileURLToPath(new URL('child.ts', import.meta.url));

export interface ChildResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
}

/** Runs the exporting child; `killAfter` sends SIGKILL so many milliseconds after it has started to work. */
export function runChild(
  args: readonly (string | number)[],
  options: {
    readonly failpoints?: string;
    readonly killAfter?: number;
    readonly env?: Readonly<Record<string, string>>;
  } = {},
): { readonly child: ChildProcess; readonly result: Promise<ChildResult> } {
  const child = spawn(process.execPath, ['--import', 'tsx', CHILD, ...args.map(String)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, CALYPSO_FAILPOINTS: options.failpoints ?? '', ...options.env },
  });
  let output = '';
  let timer: NodeJS.Timeout | undefined;
  child.stdout.on('data', (data: Buffer) => {
    output += data.toString();
    if (options.killAfter !== undefined && output.startsWith('started')) {
      timer ??= setTimeout(() => child.kill('SIGKILL'), options.killAfter);
    }
  });
  child.stderr.on('data', (data: Buffer) => (output += data.toString()));
  const result = new Promise<ChildResult>((resolve) =>
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, output });
    }),
  );
  return { child, result };
}

/** What a child that came to its end says last. */
export function reportOf(result: ChildResult): {
  readonly files: readonly (readonly [string, number])[];
  readonly failures: readonly string[];
} {
  if (result.code !== 0) throw new Error(`the child failed (${result.code ?? result.signal}):\n${result.output}`);
  return JSON.parse(result.output.trim().split('\n').at(-1) ?? '') as ReturnType<typeof reportOf>;
}
