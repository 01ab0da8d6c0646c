import { describe, expect, test } from 'vitest';
import { type RunSettings, reviewSettings, runSettings } from '../../src/claude/run-settings.ts';
import type { PermissionMode } from '../../src/project/policy.ts';

function settings(changes: Partial<RunSettings> = {}) {
  return JSON.parse(
    runSettings({
      projectId: '7fa3c8812e04',
      workspace: '/code/site',
      stateFolders: ['/home/ann/.bridge'],
      blockOutside: 'files',
      policy: { mode: 'acceptEdits', allow: [], deny: [], ask: [] },
      askWaitMs: 120_000,
      gatedTools: [],
      sandbox: null,
      ...changes,
    }),
  );
}

describe('settings of a run', () => {
  test('the settings open no sandbox unless the owner asks for one, and then one without a way around it', () => {
    expect(settings().sandbox).toBeUndefined();
    const sandbox = { domains: ['registry.npmjs.org'], hiddenFiles: ['/home/ann/.claude/.credentials.json'] };
    expect(settings({ sandbox }).sandbox).toMatchObject({
      enabled: true,
      failIfUnavailable: true,
      allowUnsandboxedCommands: false,
      filesystem: {
        denyRead: ['/home/ann/.bridge', '/home/ann/.claude/.credentials.json'],
        allowRead: ['/code/site'],
      },
      network: { allowedDomains: ['registry.npmjs.org'] },
    });
    expect(reviewerSettings([]).sandbox).toBeUndefined();
  });

  test('the settings deny the worktrees of other projects, and not its own', () => {
    const { deny } = settings().permissions as { deny: string[] };
    const prefixes = deny.flatMap((rule) => /^Edit\(.*\/worktrees\/(.*)\*\/\*\*\)$/.exec(rule)?.[1] ?? []);
    const denied = (id: string) => prefixes.some((prefix) => id.startsWith(prefix));
    expect(['7fb3c8812e04', '70a3c8812e04', 'ffa3c8812e04'].map(denied)).toEqual([true, true, true]);
    expect(denied('7fa3c8812e04')).toBe(false);
    expect(JSON.stringify(deny).length).toBeLessThan(10_000);
  });

  test('the settings deny the files of the state folder by name, and so none of the workspaces in it', () => {
    const { deny } = settings().permissions;
    for (const name of [
      'bridge.db*',
      'token',
      '*.json',
      'service.env',
      '*.log*',
      'runs/**',
      'plans/**',
      'status/**',
    ])
      for (const tool of ['Read', 'Edit']) expect(deny).toContain(`${tool}(//home/ann/.bridge/${name})`);
    expect(deny.filter((rule: string) => rule.includes('/workspaces'))).toEqual([]);
    expect(deny).not.toContain('Read(//home/ann/.bridge/*)');
    expect(deny).not.toContain('Read(//home/ann/.bridge/**)');
  });

  test('the settings name the state folder by every path that leads to it, also by one of Windows', () => {
    const { deny } = settings({ stateFolders: ['/link', 'C:\\Users\\ann\\.bridge'] }).permissions;
    expect(deny).toContain('Read(//link/token)');
    expect(deny).toContain('Read(//c/Users/ann/.bridge/token)');
  });

  test('the settings name the state folder even where a character of its path has a meaning in a rule', () => {
    const { deny } = settings({ stateFolders: ['/srv/[old] a\\b', 'C:\\x[1]\\.bridge'] }).permissions;
    expect(deny).toContain('Read(//srv/?old? a?b/token)');
    expect(deny).toContain('Read(//c/x?1?/.bridge/token)');
  });

  test('the settings keep the file tools in the workspace, unless the owner wants more or none of it', () => {
    const files = {
      blockFileToolReadsOutsideWorkingDirectories: true,
      blockWritesOutsideWorkingDirectories: true,
    };
    expect(settings().permissions).toMatchObject({
      ...files,
      workingDirectoriesExclude: ['/home/ann/.bridge'],
    });
    const withShell = settings({ blockOutside: 'files_and_shell' }).permissions;
    expect(withShell).toMatchObject({
      blockReadsOutsideWorkingDirectories: true,
      blockWritesOutsideWorkingDirectories: true,
    });
    expect(Object.keys(settings({ blockOutside: 'nothing' }).permissions)).toEqual(['deny']);
  });

  test('the settings allow, deny and ask about what the policy says, besides the files of the state folder', () => {
    const policy = {
      mode: 'acceptEdits' as const,
      allow: ['Bash(npm test *)'],
      deny: ['WebFetch', 'Bash(git push *)'],
      ask: ['Bash(npm publish *)'],
    };
    const { allow, deny, ask } = settings({ policy }).permissions;
    expect(allow).toEqual(policy.allow);
    expect(deny).toEqual([...settings().permissions.deny, ...policy.deny]);
    expect(ask).toEqual(policy.ask);
  });

  test('the settings name files below the root of the folder by their absolute paths, and all others as they are written', () => {
    const rules = [
      'Edit(/docs/**)',
      'Read( /a)',
      'Read(//etc/**)',
      'Read(~/.ssh/**)',
      'Edit(docs/**)',
      'Bash(/bin/x *)',
    ];
    const policy = { mode: 'acceptEdits' as const, allow: rules, deny: rules, ask: rules };
    const { allow, deny, ask } = settings({ policy, workspace: '/code/si[t]e' }).permissions;
    const expected = ['Edit(//code/si?t?e/docs/**)', 'Read(//code/si?t?e/a)', ...rules.slice(2)];
    expect([allow, deny.slice(-rules.length), ask]).toEqual([expected, expected, expected]);
  });

  test('the settings put the calls through the gate that a person may be asked about, and all where that is not known', () => {
    const matcher = (gatedTools: readonly string[] | undefined) =>
      settings({ gatedTools }).hooks.PreToolUse[0].matcher;
    const own = 'mcp__claude_bridge_code__bridge_ask|mcp__claude_bridge_code__bridge_send_completion';
    expect(matcher([])).toBe(own);
    expect(matcher(['Bash', 'Monitor', 'Bash'])).toBe(`Bash|Monitor|${own}`);
    expect(matcher(['mcp__shop(__.*)?'])).toBe(`^(${own}|mcp__shop(__.*)?)$`);
    expect(matcher(undefined)).toBe('*');
    expect(settings().hooks.UserPromptSubmit[0].matcher).toBe('');
  });

  test('the settings of a run that only reads keep the classifier of Claude Code from permitting more', () => {
    const of = (mode: PermissionMode) => settings({ policy: { mode, allow: [], deny: [], ask: [] } });
    expect(of('plan').useAutoModeDuringPlan).toBe(false);
    expect(of('acceptEdits')).not.toHaveProperty('useAutoModeDuringPlan');
  });

  test('the settings of a reviewer have no hook, and refuse what lies outside its folder', () => {
    const own = reviewerSettings([]);
    expect(own).toEqual({ permissions: settings().permissions });
    expect(own.permissions).toMatchObject({
      blockFileToolReadsOutsideWorkingDirectories: true,
      blockWritesOutsideWorkingDirectories: true,
    });
  });

  test('the settings of a reviewer deny what the policy denies, in its folder, and take nothing else of it', () => {
    const { permissions } = reviewerSettings(['Read(/docs/a (b)/**)', 'Grep']);
    expect(permissions).not.toHaveProperty('allow');
    expect(permissions).not.toHaveProperty('ask');
    expect(permissions.deny).toEqual([
      ...settings().permissions.deny,
      'Read(//code/site/docs/a (b)/**)',
      'Grep',
    ]);
  });
});

function reviewerSettings(deny: readonly string[]) {
  const policy = { mode: 'acceptEdits', allow: ['Bash'], deny, ask: ['WebFetch'] } as const;
  const protection = { projectId: '7fa3c8812e04', stateFolders: ['/home/ann/.bridge'] };
  return JSON.parse(reviewSettings({ ...protection, workspace: '/code/site', policy }));
}
