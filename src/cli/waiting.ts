/** Nothing is shown of what ends sooner. Milliseconds. */
const PATIENCE = 1000;

type Terminal = Pick<NodeJS.WriteStream, 'isTTY' | 'write'>;

/** Shows on a terminal, and only there, for how long the work has been running. */
export async function waiting<T>(work: Promise<T>, terminal: Terminal = process.stderr): Promise<T> {
  if (!terminal.isTTY) return work;
  const start = Date.now();
  let isShown = false;
  const timer = setInterval(() => {
    isShown = true;
    terminal.write(`\r… ${Math.floor((Date.now() - start) / 1000)} s`);
  }, PATIENCE);
  try {
    return await work;
  } finally {
    clearInterval(timer);
    if (isShown) terminal.write('\r\u001b[K');
  }
}
