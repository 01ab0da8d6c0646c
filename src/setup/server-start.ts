/** How a client starts one of our MCP servers. */
import * as z from 'zod';
import { RELAY_CLIENTS, type RelayClient } from '../project/relay.ts';
import { type Side, serverArguments } from '../project/toolset.ts';

export interface ServerStart {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const schema = z.object({
  command: z.string(),
  args: z.array(z.string()).default([]),
  env: z.record(z.string(), z.string()).default({}),
});

/**
 * The entry that starts a server of ours. All paths are absolute and the state folder is named: Claude Desktop starts
 * its servers with hardly any environment, and the first `node` on its PATH may be any.
 *
 * @param selfCommand The program and arguments that start this command line.
 * @param client Who starts it.
 */
export function serverStart(
  side: Side,
  selfCommand: readonly string[],
  stateDir: string,
  client: RelayClient = 'code',
): ServerStart {
  const [command = '', ...args] = selfCommand;
  return {
    command,
    args: [...args, ...serverArguments(side, client)],
    env: { BRIDGE_HOME: stateDir },
  };
}

/**
 * The same start from Windows, in a distribution of WSL. The environment that Claude Desktop sets does not get there,
 * so env(1) sets it (https://learn.microsoft.com/windows/wsl/basic-commands#run-linux-commands-from-windows).
 *
 * @param distribution Its name; empty for the default one.
 */
export function throughWsl({ command, args, env }: ServerStart, distribution: string): ServerStart {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const words = ['env', ...variables, command, ...args];
  const named = distribution === '' ? [] : ['-d', distribution];
  // A shell reads the words after `--`.
  const how = words.every((word) => /^[\w@%+=:,./-]+$/.test(word)) ? '--' : '--exec';
  return { command: 'wsl.exe', args: [...named, how, ...words], env: {} };
}

/** What a start through WSL starts in there; any other start is returned as it is. */
export function insideWsl(start: ServerStart): ServerStart {
  const at = start.args.findIndex((word) => word === '--' || word === '--exec');
  if (!/(^|[\\/])wsl(\.exe)?$/i.test(start.command) || at < 0) return start;
  const words = start.args.slice(at + 1);
  const assigned = words[0] === 'env' ? words.slice(1) : words;
  const end = assigned.findIndex((word) => !/^\w+=/.test(word));
  const variables = assigned.slice(0, end).map((word) => [word.split('=', 1)[0], word.replace(/^\w+=/, '')]);
  const [command = '', ...args] = assigned.slice(end);
  return { command, args, env: { ...start.env, ...Object.fromEntries(variables) } };
}

/** Whether an entry under our name starts a server of ours, of whatever version and wherever it is. */
export function isOurs(side: Side, entry: unknown): boolean {
  const words = startOf(entry)?.args.join(' ') ?? '';
  return RELAY_CLIENTS.some((client) => {
    const ours = serverArguments(side, client).join(' ');
    return words === ours || words.endsWith(` ${ours}`);
  });
}

/** An entry of a client's configuration; undefined when it is of another form. */
export function startOf(entry: unknown): ServerStart | undefined {
  return schema.safeParse(entry).data;
}
