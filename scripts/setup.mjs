// Makes a checkout ready to run, with Node alone: the packages of the lock file in node_modules, the sources in dist.
// Does nothing when both are up to date. Imported by the other scripts, or run by itself (`npm run setup`).
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const builtStamp = join(root, 'dist', '.built');

/** Runs a program in the checkout with this terminal; answers its exit code (128 + n when a signal ended it). */
export function run(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, stdio: 'inherit', ...options });
    // The terminal sends Ctrl-C to the whole group: the child ends by itself, and we pass on how.
    const stop = (signal) => child.kill(signal);
    const leave = () => {};
    process.on('SIGINT', leave).on('SIGTERM', stop);
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      process.off('SIGINT', leave).off('SIGTERM', stop);
      resolve(code ?? 128 + (signal === 'SIGKILL' ? 9 : 15));
    });
  });
}

/** Runs a module of this checkout or of node_modules with the Node that runs us. */
export const runNode = (args, options) => run(process.execPath, args, options);

export async function setUp() {
  if (Number(process.versions.node.split('.')[0]) < 20) {
    throw new Error(`Calypso needs Node 20 or newer; this is ${process.versions.node}.`);
  }
  await install(root);
  if (!isBuilt()) {
    console.log('Building (tsc) …');
    const started = new Date();
    if ((await runNode([join('node_modules', 'typescript', 'bin', 'tsc')])) !== 0) {
      throw new Error('The build failed: see above.');
    }
    writeFileSync(builtStamp, '');
    // Sources that were saved during the build are newer than this.
    utimesSync(builtStamp, started, started);
  }
}

/** Installs the packages of the folder's lock file, unless they are there, by `npm <command>`. */
export async function install(folder, command = ['ci']) {
  if (packagesAreInstalled(folder)) return;
  console.log(`Installing packages${folder === root ? '' : ` of ${relative(root, folder)}`} (npm ${command[0]}) …`);
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  if ((await run(npm, [...command, ...quiet], { cwd: folder, shell: process.platform === 'win32' })) !== 0) {
    throw new Error(`npm ${command[0]} failed: see above.`);
  }
}

/** Every package of the lock file stands in node_modules at its version (optional ones of other platforms aside). */
function packagesAreInstalled(folder) {
  const installedFile = join(folder, 'node_modules', '.package-lock.json');
  if (!existsSync(installedFile)) return false;
  const wanted = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages;
  return Object.entries(wanted).every(
    ([path, entry]) => path === '' || entry.optional || entry.link || installed[path]?.version === entry.version,
  );
}

function isBuilt() {
  if (!existsSync(builtStamp)) return false;
  const built = statSync(builtStamp).mtimeMs;
  const sources = readdirSync(join(root, 'src'), { recursive: true }).filter((file) => file.endsWith('.ts'));
  return [...sources.map((file) => join('src', file)), 'tsconfig.json', 'package-lock.json'].every(
    (file) => statSync(join(root, file)).mtimeMs <= built,
  );
}

/** Sets up, runs the job, and leaves with its exit code; a failure is one line and code 1. */
export async function main(job) {
  try {
    await setUp();
    process.exitCode = await job(process.argv.slice(2));
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(() => 0);
