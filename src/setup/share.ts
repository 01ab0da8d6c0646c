/**
 * A server of `mcp_servers`, which runs have anyway, in Claude Desktop too. Its file starts programs alone, and replaces no
 * variable: what it cannot hold is refused with what to do instead.
 */
import { isAbsolute } from 'node:path';
import * as z from 'zod';
import { ok, type Result, refuse } from '../result.ts';

/** An entry of Claude Desktop's file. */
export interface SharedServer {
  readonly command: string;
  readonly args?: readonly string[] | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
}

/** What becomes of a server in Claude Desktop's file. */
export interface SharedEntry {
  readonly name: string;
  readonly entry: SharedServer;
  /** False: it was shared before, and is kept up to date. */
  readonly isAskedFor: boolean;
}

export interface Sharing {
  readonly entry: SharedServer;
  /** What its owner is told before it is written. */
  readonly warnings: readonly string[];
}

const program = z.object({
  command: z.string().min(1),
  args: z.array(z.string()).optional(),
  env: z.record(z.string(), z.string()).optional(),
});

/** As the configuration has them. */
export type McpServers = Readonly<
  Record<string, { readonly url?: string | undefined; readonly [key: string]: unknown }>
>;

/** What Claude Desktop's file is to hold for one of them. */
export function sharingOf(name: string, servers: McpServers): Result<Sharing> {
  const server = Object.hasOwn(servers, name) ? servers[name] : undefined;
  if (server === undefined) return refuse(unknown(name, Object.keys(servers)));
  if (server.url !== undefined) return refuse(remote(name, server.url));
  const read = program.safeParse(server);
  if (!read.success)
    return refuse(
      `mcp_servers.${name} is not shared: it needs a command, and args and env that are texts. Correct it in config.json.`,
    );
  const { command, args, env } = read.data;
  if ([command, ...(args ?? []), ...Object.values(env ?? {})].some((text) => VARIABLE.test(text)))
    return refuse(
      `mcp_servers.${name} is not shared: Claude Desktop replaces no variable such as \${TOKEN}, and a secret that only the environment holds is not copied. Let a program of yours read it, and name that as the command.`,
    );
  const entry = { command, ...(args && { args }), ...(env && { env }) };
  return ok({ entry, warnings: warningsOf(name, entry) });
}

const VARIABLE = /\$\{\w+(?::-[^}]*)?\}/;

function unknown(name: string, known: readonly string[]): string {
  const names = known.length === 0 ? 'config.json has no mcp_servers' : `there are: ${known.join(', ')}`;
  return `--share ${name}: no server of that name (${names}). Add it to mcp_servers in config.json first.`;
}

/** The address may hold a token. */
function remote(name: string, url: string): string {
  const host = URL.canParse(url) ? new URL(url).host : 'another machine';
  return `mcp_servers.${name} is not shared: it is a server at ${host}, and Claude Desktop's file takes programs alone. Add its address in Claude Desktop under Settings > Connectors. Where it wants headers, name a program that passes them on, such as mcp-remote, as the command in mcp_servers.`;
}

function warningsOf(name: string, { command, args = [], env = {} }: SharedServer): string[] {
  const variables = Object.keys(env);
  return [
    ...(variables.length === 0
      ? []
      : [
          `the values of ${variables.join(', ')} of ${name} are written into Claude Desktop's file: they may be secrets.`,
        ]),
    ...(args.some((arg) => SECRET.test(arg))
      ? [`an argument of ${name} looks like a secret, and is written into Claude Desktop's file.`]
      : []),
    ...(isAbsolute(command)
      ? []
      : [
          `Claude Desktop may not find '${command}' of ${name}: it does not see your shell's PATH. Write the full path.`,
        ]),
  ];
}

const SECRET = /(?:token|secret|password|passwd|api[-_]?key|authorization|bearer)/i;
