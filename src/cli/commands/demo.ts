import { Command } from 'commander';
import type { Cli } from '../context.ts';
import { examples } from '../terminal/usage.ts';

interface Options {
  json?: true;
  keep?: true;
}

export function demoCommand(cli: Cli): Command {
  return new Command('demo')

    .option('--json', 'print JSON: one object per step, then a summary')
    .option('--keep', 'keep its working folder and print the path')
    .addHelpText('after', ABOUT)
    .addHelpText(
      'after',
      examples(
        'bridge-supervisor demo',
        'bridge-supervisor demo --keep',
        'bridge-supervisor demo --json | jq .summary',
      ),
    )
    .action(async ({ json, keep }: Options) => {
      const { runDemo } = await import('../demo/run-demo.ts');
      cli.exitCode = await runDemo(cli, { json: json === true, keep: keep === true });
    });
}

const ABOUT = `
Sends a plan as Claude Desktop does, in a git repository made for it. Claude
Code writes a small program in a worktree; a check fails, and the same session
repairs it; you see what was measured and reject it with a reason; the same
session revises it; you approve, and main has the work. Without git it is done
in the folder itself, and nothing is measured.

Only the model is scripted: a small server on this machine plays it. There is
no account, no network and no cost. Claude Code, the supervisor, both MCP
servers, the store, git, the files and the check are real.

Claude Code is taken from BRIDGE_CLAUDE, else from the npm package
@anthropic-ai/claude-code beside this program, else from PATH. Your own
settings of Claude and git, state folder and supervisor are not touched.
Everything happens in one temporary folder. At the end, or after ctrl-c, every
process is stopped and the folder is removed.

Exit code: 0 when all that was shown is so; 1 when something is not, with the
reason and the last log lines; 130 after ctrl-c.`;
