/**
 * The environment for a Claude that talks to the simulator. It starts empty: no key, token, proxy or setting of the
 * machine reaches Claude, and Claude reaches only the simulator.
 */

export interface SimulatedClaude {
  /** `Simulator.url`. */
  readonly url: string;
  /** An existing folder that is Claude's home: its sessions and settings go there. */
  readonly homeDir: string;
  /** Folders of the programs that Claude's tools may run, in the form of the PATH variable. */
  readonly path: string;
  /** How Claude signs in: with an API key, or like a subscriber, who meets usage limits. Default: `api-key`. */
  readonly login?: 'api-key' | 'subscription';
}

/**
 * Returns the whole environment; callers may add to it. The key or token is made up. Claude keeps all its files inside
 * `home`, also those that it otherwise leaves in the system's temporary folder (seen in 2.1.329).
 */
export function simulatedClaudeEnvironment(claude: SimulatedClaude): Record<string, string> {
  return {
    HOME: claude.homeDir,
    USERPROFILE: claude.homeDir,
    CLAUDE_CODE_TMPDIR: claude.homeDir,
    PATH: claude.path,
    ANTHROPIC_BASE_URL: claude.url,
    ...(claude.login === 'subscription'
      ? { CLAUDE_CODE_OAUTH_TOKEN: 'sk-ant-oat01-simulated' }
      : { ANTHROPIC_API_KEY: 'sk-ant-api03-simulated' }),
    DISABLE_AUTOUPDATER: '1',
    DISABLE_UPDATES: '1',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1',
    CLAUDE_CODE_DISABLE_CRON: '1',
    CLAUDE_CODE_DISABLE_AUTO_MEMORY: '1',
    NO_PROXY: '127.0.0.1',
  };
}
