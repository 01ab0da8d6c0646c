/** Whether commands run in the sandbox that the configuration asks for. */
import { accessSync, constants } from 'node:fs';
import { claudeVersion, hasSandbox, SANDBOX_SINCE } from '../claude/version.ts';
import { probeSandbox } from '../machine/sandbox.ts';
import { asksForSandbox, requiresSandbox } from '../project/work-rules.ts';
import { type FindingFacts, ok, problem, skipped, warning } from './check.ts';
import type { DoctorContext } from './context.ts';

/** Starts one, and nothing in it. */
export async function checkSandbox(context: DoctorContext): Promise<FindingFacts> {
  const config = await context.config();
  if (!asksForSandbox(config)) return skipped('sandbox', "'sandbox' is off: commands run without one.");
  const { env, where } = await context.supervisorEnv();
  const probe = await probeSandbox(env);
  const isRequired = requiresSandbox(config);
  const missing = (reason: string, hint: string) =>
    isRequired
      ? problem('sandbox', `There is no sandbox ${where}: ${reason}. No run starts where one is required.`, {
          hint,
        })
      : warning('sandbox', `There is no sandbox ${where}: ${reason}. Commands run without one.`, { hint });
  if (!probe.works) return missing(probe.reason, INSTALL);
  const claude = await context.claude();
  const version = await claudeVersion(claude, env);
  if (version === undefined || !hasSandbox(version))
    return missing(`Claude Code is older than ${SANDBOX_SINCE}`, 'claude update');
  if (isWritable(KERNEL_SETTING))
    return warning(
      'sandbox',
      "Claude's own sandbox lets root change settings of the kernel, and so get out of it.",
      {
        hint: 'Run the supervisor as a user of its own, not as root.',
      },
    );
  return ok('sandbox', `Commands run in a sandbox (${probe.program}, Claude Code ${version})`);
}

const INSTALL = 'On Debian and Ubuntu: sudo apt install bubblewrap socat';

/** By it the kernel starts a program outside of every sandbox; root needs no capability to write it (seen in 6.18). */
const KERNEL_SETTING = '/proc/sys/kernel/core_pattern';

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
