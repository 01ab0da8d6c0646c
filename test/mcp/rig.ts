/** What the tests of the MCP servers stand on: a state folder of their own, clients, and clocks that need no waiting. */

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import type { RequestOptions } from '@modelcontextprotocol/sdk/shared/protocol.js';
import { expect, onTestFinished } from 'vitest';
import type * as z from 'zod';
import { type Bridge, openBridge } from '../../src/bridge/bridge.ts';
import { startNextRun } from '../../src/bridge/claim.ts';
import { takeLease } from '../../src/bridge/lease.ts';
import { databaseOf } from '../../src/bridge/open-bridge.ts';
import { type Clock, systemClock } from '../../src/clock.ts';
import type { ChannelScope } from '../../src/mcp/channels/define-channel-tool.ts';
import { buildChannelServer } from '../../src/mcp/channels.ts';
import type { Scope } from '../../src/mcp/code/scope.ts';
import { buildCodeServer } from '../../src/mcp/code.ts';
import { buildDesktopServer } from '../../src/mcp/desktop.ts';
import type { FolderScope } from '../../src/mcp/folder/define-folder-tool.ts';
import { buildFolderServer } from '../../src/mcp/folder.ts';
import { buildGraphServer } from '../../src/mcp/graph.ts';
import type { MemoryScope } from '../../src/mcp/memory/scope.ts';
import { buildMemoryServer } from '../../src/mcp/memory.ts';
import { type BridgeAccess, bridgeAccess } from '../../src/mcp/open-bridge.ts';
import type { RelayScope } from '../../src/mcp/relay/scope.ts';
import { buildRelayServer } from '../../src/mcp/relay.ts';
import { buildScriptServer } from '../../src/mcp/scripts.ts';
import type { BridgeServer } from '../../src/mcp/server.ts';
import { asLeaseToken, asProjectId } from '../../src/project/ids.ts';
import { CHANNEL_RESULTS } from '../../src/wire/schemas/channel-results.ts';
import { GRAPH_RESULTS } from '../../src/wire/schemas/graph-results.ts';
import { MEMORY_RESULTS } from '../../src/wire/schemas/memory-results.ts';
import { RELAY_RESULTS } from '../../src/wire/schemas/relay-results.ts';
import { SCRIPT_RESULTS } from '../../src/wire/schemas/script-results.ts';
import { TOOL_RESULTS } from '../../src/wire/schemas/tool-results.ts';
import { COMPILED } from '../built.ts';
import { eventually } from '../eventually.ts';
import { STATE_TIMEOUT_MS } from '../state-timeout.ts';

/** A state folder that is gone when the test is over. */
export function stateFolder(): string {
  const home = mkdtempSync(join(tmpdir(), 'bridge-mcp-'));
  onTestFinished(() => {
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    expect(existsSync(home)).toBe(false);
  });
  return home;
}

export interface Answered {
  readonly isError: boolean;
  readonly text: string;
  readonly facts: Record<string, unknown>;
}

export interface ToolCaller {
  call(
    name: string,
    args?: Record<string, unknown>,
    meta?: Record<string, unknown>,
    options?: RequestOptions,
  ): Promise<Answered>;
}

export interface InMemoryClient extends ToolCaller {
  /** Ends both sides; done after the test at the latest. */
  close(): Promise<void>;
  readonly client: Client;
}

export async function desktop(home: string, clock: Clock = systemClock): Promise<InMemoryClient> {
  return connect(bridgeAccess({ BRIDGE_HOME: home }, clock), buildDesktopServer);
}

/** A run that waits for nobody. */
export const ASKS_NOBODY = { askWaitMs: 0, asksAbout: undefined } as const;

export async function code(home: string, scope?: Scope, clock: Clock = systemClock): Promise<InMemoryClient> {
  const access = bridgeAccess({ BRIDGE_HOME: home }, clock);
  return connect(access, (opened) => buildCodeServer(opened, scope));
}

/** A server of channels: in a run with a scope, otherwise in a person's session. */
export async function channels(
  home: string,
  scope?: ChannelScope,
  clock: Clock = systemClock,
): Promise<InMemoryClient> {
  const access = bridgeAccess({ BRIDGE_HOME: home }, clock);
  return connect(access, (opened) => buildChannelServer(opened, scope), CHANNEL_RESULTS);
}

/** A server of the relay. */
export async function relay(home: string, scope: Partial<RelayScope> = {}): Promise<InMemoryClient> {
  const access = bridgeAccess({ BRIDGE_HOME: home }, systemClock);
  return connect(
    access,
    (opened) => buildRelayServer(opened, { client: 'code', isHeld: false, ...scope }),
    RELAY_RESULTS,
  );
}

/** A server of the shared memory. */
export async function memory(home: string, scope: Partial<MemoryScope> = {}): Promise<InMemoryClient> {
  const access = bridgeAccess({ BRIDGE_HOME: home }, systemClock);
  return connect(access, (opened) => buildMemoryServer(opened, { client: 'code', ...scope }), MEMORY_RESULTS);
}

/** A server of the shared memory as a graph. */
export async function graph(home: string, scope: Partial<MemoryScope> = {}): Promise<InMemoryClient> {
  const access = bridgeAccess({ BRIDGE_HOME: home }, systemClock);
  return connect(access, (opened) => buildGraphServer(opened, { client: 'code', ...scope }), GRAPH_RESULTS);
}

/** A server of scripts: in a run with a scope, otherwise in a person's session. */
export async function scripts(
  home: string,
  scope?: Pick<Scope, 'runId' | 'projectId'>,
  env: Record<string, string> = {},
  clock: Clock = systemClock,
): Promise<InMemoryClient> {
  const access = bridgeAccess({ PATH: process.env.PATH ?? '', ...env, BRIDGE_HOME: home }, clock);
  return connect(access, (opened) => buildScriptServer(opened, scope), SCRIPT_RESULTS);
}

/** A server of the shared folder. */
export async function folder(home: string, scope: Partial<FolderScope> = {}): Promise<InMemoryClient> {
  const env = { BRIDGE_HOME: home };
  return connect(bridgeAccess(env, systemClock), (opened) => buildFolderServer(opened, { env, ...scope }));
}

async function connect(
  access: BridgeAccess,
  build: (access: BridgeAccess) => BridgeServer,
  results: ToolResults = TOOL_RESULTS,
): Promise<InMemoryClient> {
  const [near, far] = InMemoryTransport.createLinkedPair();
  const server = build(access);
  const client = new Client({ name: 'test', version: '1' });
  await Promise.all([server.connect(far), client.connect(near)]);
  const end = async () => {
    await server.close();
    await client.close();
  };
  let ended: Promise<void> | undefined;
  const close = () => {
    ended ??= end();
    return ended;
  };
  onTestFinished(close);
  return {
    client,
    close,
    call: (name, args = {}, meta, options) => callTool(client, name, args, meta, options, results),
  };
}

export async function callTool(
  client: Client,
  name: string,
  args: Record<string, unknown>,
  meta?: Record<string, unknown>,
  options?: RequestOptions,
  results: ToolResults = TOOL_RESULTS,
): Promise<Answered> {
  const request = { name, arguments: args, ...(meta ? { _meta: meta } : {}) };
  const answer = answered(await client.callTool(request, undefined, options));
  const schema = Object.hasOwn(results, name) ? results[name] : undefined;
  if (!answer.isError && schema) expect(schema.parse(answer.facts)).toEqual(answer.facts);
  return answer;
}

type ToolResults = Readonly<Record<string, z.ZodType>>;

function answered(result: Record<string, unknown>): Answered {
  const content = result.content as { type: string; text: string }[];
  expect(new Set(content.map(({ type }) => type))).toEqual(new Set(['text']));
  return {
    isError: result.isError === true,
    text: content.map(({ text }) => text).join('\n\n'),
    facts: (result.structuredContent ?? {}) as Record<string, unknown>,
  };
}

/** The store below a state folder, for what no tool of the side under test can do or show. */
export async function openStore(home: string): Promise<Bridge> {
  const bridge = await openBridge(home, systemClock);
  onTestFinished(() => bridge.close());
  return bridge;
}

/** A project of its own with a run under way, and the scope of that run. */
export async function runOf(home: string): Promise<{ readonly bridge: Bridge; readonly scope: Scope }> {
  const sent = await (await desktop(home)).call('bridge_send_plan', { plan_markdown: '# Mine' });
  const bridge = await openStore(home);
  const token = asLeaseToken('t');
  await takeLease(bridge, { token, pid: 1, pidStartedAt: 'then', version: '1' }, () => true);
  const started = await startNextRun({ bridge, token }, { model: null, newSessionId: () => 'session' });
  if (!started) throw new Error('nothing is ready');
  const projectId = asProjectId(String(sent.facts.project_id));
  return { bridge, scope: { ...ASKS_NOBODY, runId: started.run.id, projectId } };
}

export async function rowsIn(
  home: string,
  table: 'projects' | 'updates' | 'completions' | 'approvals' | 'messages',
) {
  const bridge = await openBridge(home, systemClock);
  const rows = await databaseOf(bridge).read.selectFrom(table).selectAll().execute();
  await bridge.close();
  return rows;
}

/** Sleeps end at once, and time has moved on by them. */
export function hurryingClock(): Clock {
  let passed = 0;
  return {
    now: () => new Date(Date.UTC(2026, 0, 1) + passed),
    monotonic: () => passed,
    async sleep(ms, signal) {
      await new Promise((resolve) => setImmediate(resolve));
      if (!signal?.aborted) passed += ms;
    },
    async sleepUntil() {},
  };
}

/** Time passes so many times as fast. */
export function fasterClock(factor: number): Clock {
  const begun = Date.now();
  return {
    now: () => new Date(begun + (Date.now() - begun) * factor),
    monotonic: () => systemClock.monotonic() * factor,
    sleep: (ms, signal) => systemClock.sleep(ms / factor, signal),
    sleepUntil: (time, signal) => systemClock.sleep((time.getTime() - begun) / factor, signal),
  };
}

/** A wait that is worth the word never ends by itself: neither a deadline nor a poll can wake who waits. */
export function standingClock(): Clock {
  return {
    ...systemClock,
    monotonic: () => 0,
    sleep: (ms, signal) =>
      ms < SHORT_MS
        ? systemClock.sleep(ms, signal)
        : new Promise((resolve) => {
            if (signal?.aborted) resolve();
            signal?.addEventListener('abort', () => resolve());
          }),
  };
}

const SHORT_MS = 1_000;

const FIXTURE = fileURLToPath(new URL('fixtures/serve.ts', import.meta.url));
export const SERVE = ['--experimental-strip-types', FIXTURE];

/** How long a server that was told to end may take before it is a leak. */

/** A server in a process of its own, spoken to in plain lines, so that every byte of its stdout is seen. */
export class ServerProcess implements ToolCaller {
  readonly #child;
  readonly #messages: Record<string, unknown>[] = [];
  readonly exit: Promise<number | NodeJS.Signals | null>;
  readonly stdout: string[] = [];
  stderr = '';
  #lastId = 0;

  /** The whole environment of the process is `env`, beside what makes it start fast. */
  constructor(args: readonly string[], env: Record<string, string>) {
    const child = spawn(process.execPath, args, { env: { ...COMPILED, ...env }, stdio: 'pipe' });
    this.#child = child;
    this.exit = new Promise((resolve) => {
      child.once('close', (code, signal) => resolve(code ?? signal));
    });
    createInterface(child.stdout).on('line', (line) => {
      this.stdout.push(line);
      this.#messages.push(JSON.parse(line));
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      this.stderr += text;
    });
    // The server may be gone before a line reaches it.
    child.stdin.on('error', () => undefined);
    onTestFinished(async () => {
      child.stdin.end();
      let leaked = false;
      const timeout = setTimeout(() => {
        leaked = child.kill('SIGKILL');
      }, STATE_TIMEOUT_MS);
      await this.exit;
      clearTimeout(timeout);
      expect(leaked, `a server was left behind; stderr: ${this.stderr}`).toBe(false);
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Sends a line as it is. */
  write(line: string): void {
    this.#child.stdin.write(`${line}\n`);
  }

  send(
    method: string,
    params: Record<string, unknown> = {},
    id: number | string = this.#nextId(),
  ): number | string {
    this.write(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    return id;
  }

  async response(id: number | string): Promise<Record<string, unknown>> {
    return eventually(() => {
      const found = this.#messages.find((message) => message.id === id);
      if (!found) throw new Error(`no answer to ${id}; stderr: ${this.stderr}`);
      return found;
    }, 10);
  }

  async request(method: string, params: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    return this.response(this.send(method, params));
  }

  async initialize(): Promise<Record<string, unknown>> {
    const clientInfo = { name: 'test', version: '1' };
    const answer = await this.request('initialize', {
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo,
    });
    this.write('{"jsonrpc":"2.0","method":"notifications/initialized"}');
    return answer;
  }

  /** Calls with params as they are, whatever they are. */
  async callWith(params: unknown): Promise<Answered> {
    const id = this.#nextId();
    this.write(JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params }));
    const { result } = await this.response(id);
    return answered(result as Record<string, unknown>);
  }

  async call(name: string, args: Record<string, unknown> = {}): Promise<Answered> {
    const { result } = await this.request('tools/call', { name, arguments: args });
    return answered(result as Record<string, unknown>);
  }

  /** Sends these bytes, and no end of a line. */
  writeBytes(bytes: Uint8Array | string): void {
    this.#child.stdin.write(bytes);
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  endInput(): void {
    this.#child.stdin.end();
  }

  /** Reads no more of what it says. */
  closeOutput(): void {
    this.#child.stdout.destroy();
  }

  #nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }
}
