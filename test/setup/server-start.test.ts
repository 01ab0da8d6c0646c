import { describe, expect, test } from 'vitest';
import { insideWsl, isOurs, type ServerStart, throughWsl } from '../../src/setup/server-start.ts';

const START: ServerStart = {
  command: '/usr/bin/node',
  args: ['/opt/b/cli.js', 'mcp', 'desktop'],
  env: { BRIDGE_HOME: '/home/ann/.claude-bridge' },
};
const WORDS = [
  'env',
  'BRIDGE_HOME=/home/ann/.claude-bridge',
  '/usr/bin/node',
  '/opt/b/cli.js',
  'mcp',
  'desktop',
];

describe('a server of ours in a distribution of WSL', () => {
  test('a server in WSL is started from Windows through wsl.exe, with its state folder on the command line', () => {
    expect(throughWsl(START, 'Ubuntu-24.04')).toEqual({
      command: 'wsl.exe',
      args: ['-d', 'Ubuntu-24.04', '--', ...WORDS],
      env: {},
    });
  });

  test('a server in WSL is started in the default distribution where its name is not known', () => {
    expect(throughWsl(START, '').args).toEqual(['--', ...WORDS]);
  });

  test('a server in WSL is started without a shell where that would read a word in its own way', () => {
    const odd = { ...START, args: ['/opt/my $b/cli.js', 'mcp', 'desktop'] };
    expect(throughWsl(odd, 'Ubuntu').args).toEqual(
      expect.arrayContaining(['--exec', '/opt/my $b/cli.js', 'mcp', 'desktop']),
    );
  });

  test.for([
    START,
    { ...START, env: {} },
    { ...START, args: ['/opt/my $b/cli.js', 'mcp', 'desktop'] },
  ])('a server in WSL is recognised in what starts it: %j', (start) => {
    expect(insideWsl(throughWsl(start, 'Ubuntu'))).toEqual(start);
    expect(isOurs('desktop', throughWsl(start, 'Ubuntu'))).toBe(true);
  });

  test('a start outside WSL is taken as it is', () => {
    expect(insideWsl(START)).toEqual(START);
  });
});
