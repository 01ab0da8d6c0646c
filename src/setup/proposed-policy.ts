/** What Claude may run unasked in a workspace, from the checks that its files propose: it tests its own work then. */
import type { Proposal } from './proposals.ts';

/** A rule for each check, whatever it is called with; undefined without checks. */
export function proposedPolicy({ checks }: Pick<Proposal, 'checks'>): { allow: string[] } | undefined {
  if (checks.length === 0) return undefined;
  const commands = checks.flatMap(({ run }) => {
    // Without what it is called with, such as `./...`.
    const command = run.replace(/ \.\S*$/, '');
    const short = /^(?:npm|pnpm|yarn|bun) run test$/.test(command) ? [command.replace(' run', '')] : [];
    return [command, ...short];
  });
  return { allow: commands.map((command) => `Bash(${command} *)`) };
}
