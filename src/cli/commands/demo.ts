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
Sends a plan as Claude Desktop does. Claude Code writes a small program, tests
it and submits it; you reject it with a reason; the same session revises it;
you approve it.

Only the model is scripted: a small server on this machine plays it. There is
no account, no network and no cost. Claude Code, the supervisor, both MCP
servers, the store, the files and the tests are real.

Claude Code is taken from BRIDGE_CLAUDE, else from the npm package
@anthropic-ai/claude-code beside this program, else from PATH. Your own Claude
settings, state folder and supervisor are not touched. Everything happens in
one temporary folder. At the end, or after ctrl-c, every process is stopped and
the folder is removed.

Exit code: 0 when the loop completed; 1 when it did not, with the reason and the
last log lines; 130 after ctrl-c.`;
