import { Command } from 'commander';
import type { Cli } from '../context.ts';
import { examples } from '../terminal/usage.ts';

interface Options {
  json?: true;
  keep?: true;
}

export function demoCommand(cli: Cli): Command {
  return new Command('demo')
    .description('Watch the whole loop in a quarter of a minute: real Claude Code, scripted model.')
    .option('--json', 'print JSON: one object for each step, then a summary')
    .option('--keep', 'keep the folder it worked in, and say where it is')
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
A plan is sent as Claude Desktop sends it. Claude Code writes a small program,
tests it and submits it; it is rejected with a reason; the same session revises
it; it is approved.

Scripted is the model alone: a small server on this machine plays it. So there
is no account, no network and no cost. Real are Claude Code, the supervisor,
both MCP servers, the store, the files and the tests.

Claude Code is taken from BRIDGE_CLAUDE, else from the npm package
@anthropic-ai/claude-code beside this program, else from PATH. Your own Claude
settings, your state folder and your supervisor are left alone. Everything
happens in one temporary folder; in the end, also after ctrl-c, every process is
ended and the folder removed.

Exit code: 0 when the loop went round, 1 when it did not (with the reason and
the end of the logs), 130 after ctrl-c.`;
