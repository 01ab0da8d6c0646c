/**
 * The sandbox of Claude's own shell (https://code.claude.com/docs/en/sandboxing). Its commands write only below the folder,
 * and what is in the repository's git folder, the person's other files and the network are out of their reach (seen in
 * 2.1.329). The MCP servers and the file tools of Claude stay outside of it.
 */
export interface ClaudeSandbox {
  /** Names that commands may reach. */
  readonly domains: readonly string[];
  /** Besides the state folder. */
  readonly hiddenFiles: readonly string[];
}

/** @param stateFolders The state folder, by each path that leads to it. */
export function sandboxSettings(
  { domains, hiddenFiles }: ClaudeSandbox,
  workspace: string,
  stateFolders: readonly string[],
): object {
  return {
    enabled: true,
    // Claude ends where it cannot start one, rather than to go on without.
    failIfUnavailable: true,
    // What a command can do is bounded by the sandbox; `deny` and `ask` hold in it too.
    autoAllowBashIfSandboxed: true,
    allowUnsandboxedCommands: false,
    filesystem: { denyRead: [...stateFolders, ...hiddenFiles], allowRead: [workspace] },
    credentials: { envVars: CREDENTIALS.map((name) => ({ name, mode: 'deny' })) },
    network: { allowedDomains: domains },
  };
}

const CREDENTIALS = ['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'CLAUDE_CODE_OAUTH_TOKEN'];
