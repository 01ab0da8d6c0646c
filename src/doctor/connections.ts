/** Starts the MCP servers that are registered in Claude Desktop and Claude Code, and asks each for its tools. */

import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { CODE_SERVER } from '../claude/command-line.ts';
import { claudeUserFile } from '../claude/files.ts';
import { systemClock } from '../clock.ts';
import { ConfigError } from '../config-error.ts';
import type { Environment } from '../environment.ts';
import { wslDistribution } from '../machine/wsl.ts';
import { serverName, TOOLSETS } from '../project/toolset.ts';
import { DESKTOP_SERVER } from '../setup/desktop.ts';
import { insideWsl, type ServerStart, serverStart, startOf } from '../setup/server-start.ts';
import { stateFolder } from '../state-folder.ts';
import { VERSION } from '../version.ts';
import { type CheckGroup, type FindingFacts, ok, problem, skipped, warning } from './check.ts';
import { type ClientFile, clientFiles } from './client-files.ts';
import type { DoctorContext } from './context.ts';
import { runtime } from './node-runtime.ts';
import { probeServer, type ServerProbe } from './probe-server.ts';
import { shortLivedPart } from './short-lived.ts';

const TIMEOUT_MS = 20_000;

export function connectionsGroup(context: DoctorContext): CheckGroup {
  return {
    name: 'mcp',
    title: 'Claude Desktop and Claude Code',
    checks: [
      {
        name: 'desktop',
        subject: 'MCP server of Claude Desktop',
        timeoutMs: TIMEOUT_MS,
        async run(signal) {
          const files = await clientFiles(context.desktopConfigs);
          return [...(await desktop(context, files, signal)), ...(await toolsets(context, files, signal))];
        },
      },
      {
        name: 'code',
        subject: 'MCP server of Claude Code',
        timeoutMs: TIMEOUT_MS,
        async run(signal) {
          const files = await clientFiles([await codeFile(context)]);
          return [...(await code(context, files, signal)), ...(await toolsets(context, files, signal))];
        },
      },
    ],
  };
}

const SET_UP = { hint: 'bridge-supervisor setup' };

async function desktop(
  context: DoctorContext,
  files: readonly ClientFile[],
  signal: AbortSignal,
): Promise<FindingFacts[]> {
  const found: FindingFacts[] = [];
  for (const file of files) {
    found.push(...(await registeredIn(context, file, DESKTOP_SERVER, signal)));
    if (file.hasBom) found.push(warning(file.path, bomMessage(file.path), SET_UP));
  }
  if (found.length > 0) return found;
  const own = await tryOwn(context, DESKTOP_SERVER, 'desktop', signal);
  if (own.verdict !== 'ok') return [own];
  const distribution = wslDistribution(context.env);
  if (files.length === 0 && distribution !== undefined)
    return [
      skipped('Claude Desktop', ON_WINDOWS, {
        hint: 'bridge-supervisor setup prints the entry to add there.',
      }),
    ];
  if (files.length === 0)
    return [skipped('Claude Desktop', 'Claude Desktop is not set up here; our server for it works.', SET_UP)];
  return [
    warning(
      'Claude Desktop',
      `Our server is not registered in Claude Desktop: ${files.map(({ path }) => path).join(', ')}.`,
      SET_UP,
    ),
  ];
}

const ON_WINDOWS =
  'This is WSL: Claude Desktop runs on Windows, which is not checked; our server for it works.';

function bomMessage(file: string): string {
  return `${file} begins with a byte order mark: Claude Desktop treats it as broken and may replace it without its servers.`;
}

async function code(
  context: DoctorContext,
  files: readonly ClientFile[],
  signal: AbortSignal,
): Promise<FindingFacts[]> {
  const [file] = files;
  const found = file === undefined ? [] : await registeredIn(context, file, CODE_SERVER, signal);
  if (found.length > 0) return found;
  const own = await tryOwn(context, CODE_SERVER, 'code', signal);
  if (own.verdict !== 'ok') return [own];
  return [
    ok('Claude Code', 'Our server for Claude Code works (not registered; only working by hand needs that)'),
  ];
}

async function codeFile(context: DoctorContext): Promise<string> {
  return claudeUserFile((await context.supervisorEnv()).env, context.homeDir);
}

/** The toolsets that these files name; nothing is said of those that nobody asked for. */
async function toolsets(
  context: DoctorContext,
  files: readonly ClientFile[],
  signal: AbortSignal,
): Promise<FindingFacts[]> {
  const found: FindingFacts[] = [];
  // What is wrong with a file itself is said by the check of the server for the loop.
  for (const file of files.filter(({ problem }) => problem === undefined))
    for (const name of TOOLSETS) found.push(...(await registeredIn(context, file, serverName(name), signal)));
  return found;
}

/** Checks the entry in a client's file; no results when the file does not name the server. */
async function registeredIn(
  context: DoctorContext,
  { path: file, servers, problem: broken }: ClientFile,
  name: string,
  signal: AbortSignal,
): Promise<FindingFacts[]> {
  if (broken !== undefined) return [broken];
  const selfCommand = servers[name];
  if (selfCommand === undefined) return [];
  const registered = startOf(selfCommand);
  const server = registered && insideWsl(registered);
  if (!server) return [problem(file, `The entry ${name} in ${file} has no command.`, SET_UP)];
  const mistake = await findMistake(context, file, server);
  if (mistake) return [mistake];
  const result = await resultOf(
    file,
    name,
    await probeServer(inherited(context, server), context.clock, signal),
  );
  const shortLived = shortLivedPart(
    context,
    [server.command, ...server.args],
    file,
    'bridge-supervisor setup',
  );
  return result.verdict === 'ok' && shortLived ? [shortLived] : [result];
}

/** Finds a mistake in an entry without starting the server. */
async function findMistake(
  context: DoctorContext,
  file: string,
  { command, args, env }: ServerStart,
): Promise<FindingFacts | undefined> {
  const missing = [command, ...args].find((word) => isAbsolute(word) && !existsSync(word));
  if (missing !== undefined)
    return problem(file, `${file} starts our server with ${missing}, which does not exist.`, SET_UP);
  if (!isAbsolute(command))
    return warning(
      file,
      `${file} starts our server with '${command}', but desktop programs do not see your shell's PATH.`,
      { hint: 'bridge-supervisor setup writes the full path.' },
    );
  // The probe of the server shows whether a runtime of another name works.
  const node = /node(\.exe)?$/.test(command) ? await runtime(context, [command, ...args], file) : undefined;
  if (node && node.verdict !== 'ok') return node;
  return wrongStateFolder(context, file, env);
}

function wrongStateFolder(
  { stateDir }: DoctorContext,
  file: string,
  env: Environment,
): FindingFacts | undefined {
  try {
    const there = stateFolder(env);
    if (there === stateDir) return undefined;
    return problem(file, `${file} starts our server for the state folder ${there}; this is ${stateDir}.`, {
      hint: 'bridge-supervisor setup, or set BRIDGE_HOME to the same folder',
    });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return problem(
      file,
      `${file} starts our server with an invalid setting, so it refuses every call: ${error.message}`,
      SET_UP,
    );
  }
}

/** Probes our own server as `setup` would register it. */
async function tryOwn(
  context: DoctorContext,
  name: string,
  side: 'desktop' | 'code',
  signal: AbortSignal,
): Promise<FindingFacts> {
  const server = serverStart(side, context.selfCommand, context.stateDir);
  const subject = `bridge-supervisor mcp ${side}`;
  return resultOf(subject, name, await probeServer(inherited(context, server), context.clock, signal));
}

async function resultOf(subject: string, name: string, probe: ServerProbe): Promise<FindingFacts> {
  if (probe.kind === 'unreachable')
    return problem(subject, `${subject}: our server failed to start: ${probe.why}`, SET_UP);
  if (probe.name !== name)
    return problem(
      subject,
      `${subject}: ${name} starts another server: ${probe.name || 'one without a name'}.`,
      SET_UP,
    );
  if (probe.version !== VERSION)
    return warning(subject, `${subject} starts version ${probe.version}; this is ${VERSION}.`, SET_UP);
  const missing = (await toolsOf(name)).filter((tool) => !probe.tools.includes(tool));
  if (missing.length > 0)
    return problem(subject, `${subject}: our server lacks ${missing.join(', ')}.`, SET_UP);
  return ok(subject, `${subject}: our server answers with ${probe.tools.length} tools`);
}

/** The tools that a client needs. A server with fewer has the environment of a run, and is registered wrongly. */
async function toolsOf(server: string): Promise<string[]> {
  // Loaded late: this process needs the servers nowhere else.
  switch (server) {
    case DESKTOP_SERVER:
      return namesOf((await import('../mcp/desktop.ts')).DESKTOP_TOOLS);
    case CODE_SERVER:
      return namesOf((await import('../mcp/code.ts')).codeTools(undefined));
    case serverName('relay'):
      return namesOf((await import('../mcp/relay.ts')).relayToolset({ client: 'code', isHeld: false }).tools);
    case serverName('memory'):
      return namesOf((await import('../mcp/memory.ts')).memoryToolset({ client: 'code' }).tools);
    case serverName('graph'):
      return namesOf((await import('../mcp/graph.ts')).graphToolset({ client: 'code' }).tools);
    case serverName('scripts'):
      return namesOf(await scriptTools());
    case serverName('folder'):
      // Its owner may have it offer more, or those alone that change nothing.
      return [];
    default:
      return namesOf((await import('../mcp/channels.ts')).channelToolset(undefined).tools);
  }
}

async function scriptTools() {
  const { bridgeAccess } = await import('../mcp/open-bridge.ts');
  // It opens nothing before it is used.
  return (await import('../mcp/scripts.ts')).scriptToolset(bridgeAccess({}, systemClock), undefined).tools;
}

function namesOf(tools: readonly { readonly name: string }[]): string[] {
  return tools.map(({ name }) => name);
}

/** The variables that an MCP client passes on to a server. */
const PASSED_ON = [
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

function inherited({ env }: DoctorContext, server: ServerStart): ServerStart {
  const given = PASSED_ON.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const]));
  return { ...server, env: { ...Object.fromEntries(given), ...server.env } };
}
