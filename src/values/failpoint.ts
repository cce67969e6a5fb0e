/**
 * Places where a test can kill the process or make it fail: before and after each durable write. The list is closed,
 * so that a test can go through all of them.
 */
export const FAILPOINTS = [
  /** Rows are in the engine's open transaction. */
  'ingest.staged',
  /** Around the one commit that makes an ingestion visible. */
  'ingest.before-commit',
  'ingest.after-commit',
  /** Within the catalog: before anything of a transaction is written, and durable but not yet visible. */
  'catalog.before-commit',
  'catalog.after-commit',
  /** The changes are written, the COMMIT is not. */
  'engine.before-commit',
  /** A run: its rows are staged, its files and their manifest written, each file uploaded, the window committed. */
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
  /** The leftovers of a window that was given up. */
  'export.removal.before',
  'export.removal.middle',
  'export.removal.after',
  /** The load of a SQL target: tables made, transaction begun, progress row and rows sent, committed. */
  'sql.create.after',
  'sql.begin.after',
  'sql.progress.after',
  'sql.rows.after',
  'sql.commit.after',
  /** An append to a Delta table's log: its number is kept, the commit is put; and that it is taken back. */
  'delta.transaction.before',
  'delta.transaction.after',
  'delta.commit.before',
  'delta.commit.after',
  'delta.withdrawal.before',
  'delta.withdrawal.after',
] as const;

export type Failpoint = (typeof FAILPOINTS)[number];

let active: { readonly setting: string; readonly actions: ReadonlyMap<string, Action> } | undefined;
const passed = new Map<string, number>();

interface Action {
  readonly kind: 'kill' | 'error';
  readonly atPass: number;
}

/**
 * Does nothing, unless the environment variable CALYPSO_FAILPOINTS names the place: `name=kill`, `name=error`, or
 * `name=kill@3` for the third time only; several are separated by commas.
 */
export function failpoint(name: Failpoint): void {
  const setting = process.env['CALYPSO_FAILPOINTS'];
  if (!setting) return;
  if (active?.setting !== setting) {
    active = { setting, actions: parse(setting) };
    passed.clear();
  }
  const action = active.actions.get(name);
  if (!action) return;
  const pass = (passed.get(name) ?? 0) + 1;
  passed.set(name, pass);
  if (action.atPass !== pass) return;
  if (action.kind === 'error') throw new Error(`Failpoint ${name}`);
  process.kill(process.pid, 'SIGKILL');
  // The signal arrives asynchronously; nothing may happen meanwhile.
  for (;;);
}

function parse(setting: string): Map<string, Action> {
  const actions = new Map<string, Action>();
  for (const part of setting.split(',')) {
    const [, name, kind, pass] = /^\s*([\w.-]+)=(kill|error)(?:@(\d+))?\s*$/.exec(part) ?? [];
    if (!name || !(FAILPOINTS as readonly string[]).includes(name))
      throw new Error(`CALYPSO_FAILPOINTS: '${part}' is not <failpoint>=kill|error[@n].`);
    actions.set(name, { kind: kind as Action['kind'], atPass: Number(pass ?? 1) });
  }
  return actions;
}
