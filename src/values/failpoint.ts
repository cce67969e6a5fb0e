/**
 * Named steps at which a test ends the process or makes the step fail. Off unless `CALYPSO_FAILPOINTS` names some:
 * `name=kill`, `name=error`, separated by commas; `name=kill@3` waits for the third time.
 */
export const FAILPOINTS = [
  'export.stage.after',
  'export.files.middle',
  'export.files.after',
  'export.manifest.before',
  'export.manifest.after',
  'export.uploading.before',
  'export.uploading.after',
  'export.upload.before',
  'export.upload.after',
  'export.commit.before',
  'export.commit.after',
  'export.release.middle',
  'export.release.after',
  'export.removal.before',
  'export.removal.middle',
  'export.removal.after',
] as const;

export type Failpoint = (typeof FAILPOINTS)[number];

interface Armed {
  readonly action: 'kill' | 'error';
  remaining: number;
}

const armed = new Map<string, Armed>();
for (const item of (process.env.CALYPSO_FAILPOINTS ?? '').split(',').filter((text) => text !== '')) {
  const match = /^([\w.-]+)=(kill|error)(?:@(\d+))?$/.exec(item.trim());
  const name = match?.[1];
  if (match === null || name === undefined || !(FAILPOINTS as readonly string[]).includes(name)) {
    throw new Error(`CALYPSO_FAILPOINTS: '${item}' is not a failpoint=kill|error[@count]`);
  }
  armed.set(name, { action: match[2] as Armed['action'], remaining: Number(match[3] ?? 1) });
}

export function failpoint(name: Failpoint): void {
  const found = armed.get(name);
  if (found === undefined || --found.remaining !== 0) return;
  if (found.action === 'kill') process.kill(process.pid, 'SIGKILL');
  throw new Error(`failpoint ${name}`);
}
