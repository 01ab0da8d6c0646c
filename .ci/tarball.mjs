// What a user gets from the registry: packed, installed into an empty folder without our development tools, and run
// on the Node that runs this file. Written for Linux, macOS and Windows.
import { execFileSync, execSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = realpathSync.native(mkdtempSync(join(tmpdir(), 'packed-')));
const installed = join(folder, 'node_modules', 'bridge-supervisor');
const program = join(installed, 'dist', 'cli.js');
const home = join(folder, 'home');
const { SystemRoot } = process.env;
const system = SystemRoot ? [join(SystemRoot, 'System32'), SystemRoot] : ['/usr/bin', '/bin'];
// Built from nothing, so that it works for more people than us. A home on Windows is called USERPROFILE.
const env = {
  HOME: home,
  USERPROFILE: home,
  BRIDGE_HOME: join(home, 'state'),
  PATH: [dirname(process.execPath), ...system].join(delimiter),
  ...(SystemRoot ? { SystemRoot } : {}),
};

const HELLO = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'ci', version: '1' } },
};

try {
  // One string each, for a shell: npm is a batch file on Windows, which cannot be started without one.
  const manifest = readFileSync(join(root, 'package.json'), 'utf8');
  const packed = execSync(`npm pack --silent --pack-destination "${folder}"`, {
    cwd: root,
    encoding: 'utf8',
  });
  const tarball = packed.trim().split('\n').at(-1).trim();
  if (readFileSync(join(root, 'package.json'), 'utf8') !== manifest)
    throw new Error('packing has left package.json changed');
  execSync('npm init -y', { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  execSync(`npm install --no-audit --no-fund --silent "./${tarball}"`, { cwd: folder, stdio: 'inherit' });

  const { scripts } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  // npm warns whoever installs it of each script that it did not run.
  if (scripts !== undefined)
    throw new Error(`the packed package has scripts: ${Object.keys(scripts).join(', ')}`);

  show(bridge(['--version']));
  bridge(['--help']);
  show(bridge(['send', '-'], '# Packed\nSay hello.\n'));
  show(bridge(['list']));
  try {
    show(bridge(['start']));
    show(bridge(['status']));
  } finally {
    show(bridge(['stop']));
  }
  for (const side of ['desktop', 'code']) {
    const answer = bridge(['mcp', side], `${JSON.stringify(HELLO)}\n`);
    if (!answer.includes('"serverInfo"')) throw new Error(`mcp ${side} answered: ${answer}`);
  }
  const stack = stackOfAFailure();
  if (!/[\\/]src[\\/]cli[\\/]main\.ts:\d+:\d+/.test(stack))
    throw new Error(`the stack of a failure names no source file and line: ${stack}`);
  const kilobytes = Math.ceil(statSync(join(folder, tarball)).size / 1024);
  show(`the packed program installs and runs; its size: ${kilobytes}K`);
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
}

/** Runs the installed program and returns what it printed. Throws when it fails. */
function bridge(args, input = '') {
  return execFileSync(process.execPath, [program, ...args], { cwd: folder, env, input, encoding: 'utf8' });
}

/** What `BRIDGE_DEBUG=1` shows of an error that nobody expected: a folder in the place of the log. */
function stackOfAFailure() {
  const broken = join(home, 'broken');
  mkdirSync(join(broken, 'loop.log'), { recursive: true });
  const options = { env: { ...env, BRIDGE_HOME: broken, BRIDGE_DEBUG: '1' }, encoding: 'utf8' };
  return spawnSync(process.execPath, [program, 'logs'], options).stderr;
}

function show(text) {
  console.log(text.trimEnd());
}
