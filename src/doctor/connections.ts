/** The MCP servers as Claude Desktop and Claude Code have them registered, each tried with a real handshake. */

import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import * as z from 'zod';
import { CODE_SERVER } from '../claude/command-line.ts';
import { claudeUserFile } from '../claude/files.ts';
import { ConfigError } from '../config-error.ts';
import type { Environment } from '../environment.ts';
import { parseJson } from '../machine/parse-json.ts';
import { wslDistribution } from '../machine/wsl.ts';
import { DESKTOP_SERVER } from '../setup/desktop.ts';
import { insideWsl, type ServerStart, serverStart, startOf } from '../setup/server-start.ts';
import { stateFolder } from '../state-folder.ts';
import { VERSION } from '../version.ts';
import type { Patient } from './context.ts';
import type { Group } from './doctor.ts';
import { type Observation, ok, problem, skipped, warning } from './finding.ts';
import { greet } from './handshake.ts';
import { passingIn } from './passing.ts';
import { runtime } from './runtime.ts';

/** What each client needs; our servers may have more. */
const TOOLS: Readonly<Record<string, readonly string[]>> = {
  [DESKTOP_SERVER]: [
    'bridge_send_plan',
    'bridge_get_approval_queue',
    'bridge_get_project_updates',
    'bridge_approve',
    'bridge_reject',
    'bridge_get_project_status',
    'bridge_list_projects',
  ],
  [CODE_SERVER]: [
    'bridge_get_pending_plan',
    'bridge_claim_project',
    'bridge_send_update',
    'bridge_send_completion',
    'bridge_get_approval_status',
    'bridge_reset_for_revision',
  ],
};

const LIMIT_MS = 20_000;

export function connectionsGroup(patient: Patient): Group {
  return {
    name: 'mcp',
    title: 'Claude Desktop and Claude Code',
    checks: [
      {
        name: 'desktop',
        subject: 'the server of Claude Desktop',
        limitMs: LIMIT_MS,
        look: (signal) => desktop(patient, signal),
      },
      {
        name: 'code',
        subject: 'the server of Claude Code',
        limitMs: LIMIT_MS,
        look: (signal) => code(patient, signal),
      },
    ],
  };
}

const SET_UP = { fix: 'bridge-supervisor setup' };

async function desktop(patient: Patient, signal: AbortSignal): Promise<Observation[]> {
  const files = patient.desktopConfigs.filter((path) => existsSync(path));
  const found: Observation[] = [];
  for (const file of files) {
    found.push(...(await registeredIn(patient, file, DESKTOP_SERVER, signal)));
    if (await hasMark(file)) found.push(warning(file, markWords(file), SET_UP));
  }
  if (found.length > 0) return found;
  const own = await tryOwn(patient, DESKTOP_SERVER, 'desktop', signal);
  if (own.verdict !== 'ok') return [own];
  const distribution = wslDistribution(patient.env);
  if (files.length === 0 && distribution !== undefined)
    return [
      skipped('Claude Desktop', ON_WINDOWS, { fix: 'bridge-supervisor setup says what to add there.' }),
    ];
  if (files.length === 0)
    return [skipped('Claude Desktop', 'Claude Desktop is not set up here; our server for it works.', SET_UP)];
  return [warning('Claude Desktop', `Claude Desktop does not know our server: ${files.join(', ')}.`, SET_UP)];
}

const ON_WINDOWS =
  'This is WSL: Claude Desktop is on Windows, where we do not look; our server for it works.';

async function hasMark(file: string): Promise<boolean> {
  return (await stat(file)).isFile() && (await readFile(file, 'utf8')).startsWith('\uFEFF');
}

function markWords(file: string): string {
  return `${file} begins with a byte order mark: Claude Desktop takes it for a broken file, and may write it anew without its servers.`;
}

async function code(patient: Patient, signal: AbortSignal): Promise<Observation[]> {
  const file = claudeUserFile((await patient.setting()).env, patient.personHome);
  const found = existsSync(file) ? await registeredIn(patient, file, CODE_SERVER, signal) : [];
  if (found.length > 0) return found;
  const own = await tryOwn(patient, CODE_SERVER, 'code', signal);
  if (own.verdict !== 'ok') return [own];
  return [
    ok('Claude Code', 'Our server for Claude Code works (not registered: only working by hand needs that)'),
  ];
}

const clientConfig = z.looseObject({ mcpServers: z.record(z.string(), z.unknown()).optional() });

/** Nothing when this client does not name the server. */
async function registeredIn(
  patient: Patient,
  file: string,
  name: string,
  signal: AbortSignal,
): Promise<Observation[]> {
  // A pipe is waited for, and nobody who reads from one can even end.
  if (!(await stat(file)).isFile())
    return [problem(file, `${file} is not a file, so its program cannot read it.`, { fix: 'Move it away.' })];
  const text = await readFile(file, 'utf8');
  const config = clientConfig.safeParse(parseJson(text.replace(/^\uFEFF/, ''))).data;
  if (text.trim() !== '' && !config)
    return [
      problem(file, `${file} is not valid JSON, so its program cannot read it either.`, {
        fix: 'Correct it by hand, then: bridge-supervisor setup',
      }),
    ];
  const entry = config?.mcpServers?.[name];
  if (entry === undefined) return [];
  const registered = startOf(entry);
  const server = registered && insideWsl(registered);
  if (!server) return [problem(file, `The entry ${name} in ${file} has no command.`, SET_UP)];
  const wrong = await wrongIn(patient, file, server);
  if (wrong) return [wrong];
  const answer = judge(file, name, await greet(inherited(patient, server), patient.clock, signal));
  const passing = passingIn(patient, [server.command, ...server.args], file, 'bridge-supervisor setup');
  return answer.verdict === 'ok' && passing ? [passing] : [answer];
}

/** What can be told without starting it. */
async function wrongIn(
  patient: Patient,
  file: string,
  { command, args, env }: ServerStart,
): Promise<Observation | undefined> {
  const missing = [command, ...args].find((word) => isAbsolute(word) && !existsSync(word));
  if (missing !== undefined)
    return problem(file, `${file} starts our server with ${missing}, which is not there.`, SET_UP);
  if (!isAbsolute(command))
    return warning(
      file,
      `${file} starts our server with '${command}'. Programs with windows do not see your shell's PATH.`,
      { fix: 'bridge-supervisor setup writes the whole path.' },
    );
  // A node of another name is found out by the handshake.
  const node = /node(\.exe)?$/.test(command) ? await runtime(patient, [command, ...args], file) : undefined;
  if (node && node.verdict !== 'ok') return node;
  return wrongStateFolder(patient, file, env);
}

function wrongStateFolder({ home }: Patient, file: string, env: Environment): Observation | undefined {
  try {
    const there = stateFolder(env);
    if (there === home) return undefined;
    return problem(file, `${file} lets our server work on ${there}, and this is ${home}.`, {
      fix: 'bridge-supervisor setup, or set BRIDGE_HOME as it is there.',
    });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return problem(file, `${file} starts our server so that it refuses every call: ${error.message}`, SET_UP);
  }
}

/** Our own server, as `setup` would register it. */
async function tryOwn(
  patient: Patient,
  name: string,
  side: 'desktop' | 'code',
  signal: AbortSignal,
): Promise<Observation> {
  const server = serverStart(side, patient.entry, patient.home);
  const subject = `bridge-supervisor mcp ${side}`;
  return judge(subject, name, await greet(inherited(patient, server), patient.clock, signal));
}

function judge(subject: string, name: string, greeting: Awaited<ReturnType<typeof greet>>): Observation {
  if (greeting.kind === 'silent')
    return problem(subject, `${subject}: our server does not come up: ${greeting.why}`, SET_UP);
  if (greeting.name !== name)
    return problem(
      subject,
      `${subject}: ${name} starts the server ${greeting.name || 'without a name'}.`,
      SET_UP,
    );
  const missing = (TOOLS[name] ?? []).filter((tool) => !greeting.tools.includes(tool));
  if (missing.length > 0)
    return problem(subject, `${subject}: our server lacks ${missing.join(', ')}.`, SET_UP);
  if (greeting.version !== VERSION)
    return warning(subject, `${subject} starts version ${greeting.version}; this is ${VERSION}.`, SET_UP);
  return ok(subject, `${subject}: our server answers with ${greeting.tools.length} tools`);
}

/** A client gives a server little more than these of its own environment. */
const GIVEN = [
  'PATH',
  'Path',
  'HOME',
  'USERPROFILE',
  'APPDATA',
  'LOCALAPPDATA',
  'SystemRoot',
  'TEMP',
  'TMPDIR',
];

function inherited({ env }: Patient, server: ServerStart): ServerStart {
  const given = GIVEN.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const]));
  return { ...server, env: { ...Object.fromEntries(given), ...server.env } };
}
