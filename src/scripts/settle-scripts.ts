/**
 * Settles what whoever ran scripts has left behind: a process that was killed ends no script and records nothing. Anybody
 * who looks does it: no supervisor is needed.
 */
import type { Bridge } from '../bridge/bridge.ts';
import { endScript, scriptsUnderWay } from '../bridge/script-runs.ts';
import { isAlive } from '../machine/identity.ts';
import { TERM_GRACE_MS } from '../machine/run-to-end.ts';
import { findMarked, sweep } from '../machine/sweep.ts';
import { SCRIPT_MARK, type ScriptRun } from '../project/script.ts';

/** Ends what is left of scripts whose owner is gone, and records each as indeterminate. Throws StoreError. */
export async function settleScripts(bridge: Bridge): Promise<ScriptRun[]> {
  const settled: ScriptRun[] = [];
  for (const { run, owner } of await scriptsUnderWay(bridge)) {
    if (await isAlive(owner)) continue;
    await endLeftProcesses(bridge, run);
    settled.push(await endScript(bridge, run.id, { state: 'indeterminate' }));
  }
  return settled;
}

async function endLeftProcesses({ clock }: Bridge, { id }: ScriptRun): Promise<void> {
  const mark = { name: SCRIPT_MARK, value: id };
  const [root, ...others] = await findMarked(mark.name, mark.value);
  if (root === undefined) return;
  await sweep({ root, processTree: others, mark, graceMs: TERM_GRACE_MS, clock });
}
