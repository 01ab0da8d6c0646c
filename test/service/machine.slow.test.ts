/** A machine with systemd: what its units shut off, the work of Claude does not miss, and a boot starts it. */
import { existsSync, statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { call, say } from '../../src/simulator/reply.ts';
import { sequence } from '../../src/simulator/script.ts';
import { bridgeCall, waitUntil } from '../e2e/rig.ts';
import { machine } from './machine.ts';
import { ann } from './machine-files.ts';
import { type Rig, test } from './machine-rig.ts';
import { whyNoSystemd } from './namespace.ts';

const why =
  (await whyNoSystemd()) ??
  (existsSync('/usr/bin/dbus-daemon') ? undefined : 'needs dbus') ??
  (isReadableByAll(process.execPath) ? undefined : 'needs Node where everybody can read it');

/** What a run does by itself, and by the programs it calls; every line of its output says how one thing went. */
const WORK = `
  try() { name=$1; shift; if "$@" >/dev/null 2>&1; then echo "$name: yes"; else echo "$name: no"; fi; }
  try 'writes to the workspace' touch built
  try 'writes to the home folder' touch ~/.tool
  try 'writes to a temporary folder' touch /tmp/draft
  try 'commits' sh -c 'git init -q . && git -c user.name=a -c user.email=a@b commit -q --allow-empty -m x'
  try 'runs node' node -e 'eval("1 + 1")'
  try 'asks the model' node -e 'fetch(process.env.ANTHROPIC_BASE_URL)'
  try 'writes to the system' touch /etc/mine
  try 'writes to the program' touch /opt/bridge/dist/mine
  echo "user: $(id -un)"
`;

const WELL = [
  'writes to the workspace: yes',
  'writes to the home folder: yes',
  'writes to a temporary folder: yes',
  'commits: yes',
  'runs node: yes',
  'asks the model: yes',
  'writes to the system: no',
  'writes to the program: no',
  'user: ann',
];

/** A plan from sending to approval; returns what WORK said. */
async function plan(rig: Rig): Promise<string[]> {
  let said = '';
  rig.script = sequence([
    call('Bash', { command: WORK, description: 'Work' }),
    (turn) => {
      said = turn.toolResults.map(({ text }) => text).join('\n');
      return bridgeCall('bridge_send_completion', { summary: 'Done' });
    },
    say('ok'),
  ]);
  await rig.annRuns('sh', '-c', 'printf "# Served\\nDo it.\\n" >~/plan.md');
  const { id } = JSON.parse(await rig.ann('send', '--json', `${ann.home}/plan.md`)).project;
  await rig.until(id, 'awaiting_approval');
  await rig.ann('approve', id);
  await rig.until(id, 'complete');
  return said.trim().split('\n');
}

async function workspace(rig: Rig): Promise<void> {
  const config = JSON.stringify({
    workspaces: { site: `${ann.home}/site` },
    workspace: 'site',
    permission_mode: 'bypassPermissions',
  });
  await rig.annRuns(
    'sh',
    '-c',
    'mkdir -p ~/site ~/.claude-bridge && echo "$1" >~/.claude-bridge/config.json',
    'sh',
    config,
  );
}

const UNITS = '/etc/systemd/system';

describe.skipIf(why !== undefined)(`system service ${why ? `(${why})` : ''}`, () => {
  test.for([
    ['as it is', []],
    ['hardened', ['--hardened']],
  ] as const)('a system service works as its user, and writes where it may: %s', async ([, options], {
    rig,
  }) => {
    await workspace(rig);
    await rig.root('install', '--system', '--user', ann.name, '--env', ...rig.variables, ...options);
    expect(await rig.ann('status')).toContain('systemd system service bridge-supervisor-ann');
    expect(await plan(rig)).toEqual(WELL);
    expect((await stat(join(rig.home, '.claude-bridge/service.env'))).uid).toBe(ann.uid);
  });

  test('a system service replaces what its user runs in the background, and only root removes it', async ({
    rig,
  }) => {
    await workspace(rig);
    await rig.ann('start');
    const before = await working(rig);
    const said = await rig.root('install', '--system', '--user', ann.name);
    expect(said).toContain(`Stopped the background supervisor (pid ${before})`);
    const now = await working(rig);
    expect(said).toContain(`The service is running (pid ${now})`);
    expect(now).not.toBe(before);
    await expect(rig.ann('uninstall')).rejects.toThrow(
      /sudo bridge-supervisor uninstall --system --user ann/,
    );
    await expect(rig.ann('stop')).rejects.toThrow(/sudo systemctl stop bridge-supervisor-ann/);
    expect(await working(rig)).toBe(now);
  });

  test('a system service starts at boot, its output is in the journal, and it is removed without a trace', async ({
    rig,
  }) => {
    await rig.root('install', '--system', '--user', ann.name, '--no-start', '--env', ...rig.variables);
    await rig.reboot();
    await running(rig);
    const logs = [`BRIDGE_HOME=${ann.home}/.claude-bridge`, machine.node, machine.cli, 'logs', '--service'];
    expect(await rig.rootRuns('env', ...logs)).toContain('Started bridge-supervisor-ann');
    await rig.root('uninstall', '--system', '--user', ann.name);
    expect(await rig.rootRuns('find', UNITS, '-name', '*bridge*')).toBe('');
    expect(await rig.systemd.systemctl('list-units', '--all', 'bridge*')).toContain('0 loaded units');
    expect(existsSync(join(rig.home, '.claude-bridge/bridge.db'))).toBe(true);
  });
});

describe.skipIf(why !== undefined)(`user service ${why ? `(${why})` : ''}`, () => {
  test('a user service is refused without a login, and then needs lingering to be there from boot', async ({
    rig,
  }) => {
    await workspace(rig);
    await expect(rig.ann('install')).rejects.toThrow(/no user manager for ann .*loginctl enable-linger ann/);
    await rig.rootRuns('loginctl', 'enable-linger', ann.name);
    const asked = [`XDG_RUNTIME_DIR=/run/user/${ann.uid}`, 'systemctl', '--user', 'show-environment'];
    await waitUntil(() => works(rig.annRuns('env', ...asked)), 'the manager of the user');
    const said = await rig.ann('install');
    expect(said).toContain('systemd user service bridge-supervisor');
    expect(said).not.toContain('linger');
    expect(await plan(rig)).toEqual(WELL);
    await rig.reboot();
    await running(rig);
    await rig.rootRuns('loginctl', 'disable-linger', ann.name);
  });
});

function isReadableByAll(path: string): boolean {
  return (statSync(path).mode & 0o005) === 0o005;
}

/** The pid of the supervisor that works. */
async function working(rig: Rig): Promise<number> {
  const { supervisor } = JSON.parse(await rig.ann('status', '--json'));
  expect(supervisor.state).toBe('running');
  return supervisor.lease.pid;
}

/** Waits until the supervisor works, after a boot that nobody has done anything since. */
function running(rig: Rig): Promise<void> {
  return waitUntil(() => works(rig.ann('status')), 'the supervisor to work');
}

function works(command: Promise<unknown>): Promise<boolean> {
  return command.then(
    () => true,
    () => false,
  );
}
