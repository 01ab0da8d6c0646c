/** Policies that contradict themselves. */
import { asksInVain, type PolicySettings, policyOf, type SharedPolicy } from './policy.ts';
import { type WorkspaceEntry, workspaceOf } from './workspace.ts';

interface Written extends SharedPolicy {
  readonly workspaces: Readonly<Record<string, WorkspaceEntry>>;
}

/** Where a mode stands that asks nobody, though calls are to be asked about: one path of keys each. */
export function modesThatAskNobody(config: Written): string[][] {
  const shared = config.policy?.mode === undefined ? ['permission_mode'] : ['policy', 'mode'];
  const isWrong = (own?: PolicySettings) => asksInVain(policyOf(own, config));
  const wrong = Object.entries(config.workspaces).flatMap(([name, entry]) => {
    const own = workspaceOf(entry).settings.policy;
    if (own === undefined || !isWrong(own)) return [];
    return [own.mode === undefined ? shared : ['workspaces', name, 'policy', 'mode']];
  });
  const all = isWrong() ? [shared, ...wrong] : wrong;
  return [...new Map(all.map((path) => [path.join('.'), path])).values()];
}
