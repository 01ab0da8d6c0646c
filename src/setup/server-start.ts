/** How a client starts one of our servers. */
import * as z from 'zod';

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
 * Everything by its absolute path, and the state folder by name: Claude Desktop starts its servers with hardly any
 * environment, and with a PATH on which the first `node` may be any.
 *
 * @param entry The program and arguments that start this command line.
 * @param home The state folder.
 */
export function serverStart(side: 'desktop' | 'code', entry: readonly string[], home: string): ServerStart {
  const [command = '', ...args] = entry;
  return { command, args: [...args, 'mcp', side], env: { BRIDGE_HOME: home } };
}

/** An entry of a client's configuration; undefined when it is of another form. */
export function startOf(entry: unknown): ServerStart | undefined {
  return schema.safeParse(entry).data;
}
