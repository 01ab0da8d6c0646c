/**
 * What Claude may do in a run: the owner's policy, less what a plan leaves out of it. Claude Code looks at the rules in
 * the order deny, ask, allow, and at the mode for what none of them names.
 */

import type { AskedCalls } from './asked-calls.ts';

/** What may be done that no rule names, from least to most. */
export const PERMISSION_MODES = [
  'plan', // read only
  'dontAsk', // what a rule allows; nothing is asked
  'default', // reading
  'acceptEdits', // changes to files in the workspace, too
  'auto', // what a classifier lets through
  'bypassPermissions', // everything
] as const;

export type PermissionMode = (typeof PERMISSION_MODES)[number];

/** What becomes of a call that nothing permits: it is denied, or a person is asked. */
export const REST_ANSWERS = ['deny', 'ask'] as const;
export type Rest = (typeof REST_ANSWERS)[number];

export interface Policy {
  readonly mode: PermissionMode;
  /** Rules, as those below. */
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  /** Calls that a person is asked about. */
  readonly ask: readonly string[];
  readonly rest: Rest;
}

/** A policy as it is written, for every folder or for one. Undefined, for each key: it says nothing about it. */
export interface PolicySettings {
  readonly mode?: PermissionMode | undefined;
  readonly allow?: readonly string[] | undefined;
  readonly deny?: readonly string[] | undefined;
  readonly ask?: readonly string[] | undefined;
  readonly rest?: Rest | undefined;
}

/** The policy of every folder, by the names of the configuration: the last three are its older names. */
export interface SharedPolicy {
  readonly policy?: PolicySettings | undefined;
  readonly permission_mode?: PermissionMode | undefined;
  readonly allowed_tools?: readonly string[] | undefined;
  readonly disallowed_tools?: readonly string[] | undefined;
}

export const DEFAULT_PERMISSION_MODE = 'acceptEdits';

/**
 * The policy of a folder with these settings of its own. Its mode and its answer to the rest stand instead of the shared
 * ones; its rules are added to them, and so can only be made narrower by `deny` and `ask`.
 */
export function policyOf(own: PolicySettings | undefined, shared: SharedPolicy): Policy {
  const { policy, permission_mode: mode, allowed_tools: allow, disallowed_tools: deny } = shared;
  return {
    mode: own?.mode ?? policy?.mode ?? mode ?? DEFAULT_PERMISSION_MODE,
    allow: distinct(allow, policy?.allow, own?.allow),
    deny: distinct(deny, policy?.deny, own?.deny),
    ask: distinct(policy?.ask, own?.ask),
    rest: own?.rest ?? policy?.rest ?? 'deny',
  };
}

/** What a plan asks for of it; null, for each: nothing. */
export interface AskedPolicy {
  readonly permissionMode: PermissionMode | null;
  readonly deny: readonly string[] | null;
  readonly ask: readonly string[] | null;
}

/** The policy for a project whose plan asks for this: never more than the owner allows by now. */
export function narrowed(policy: Policy, { permissionMode, deny, ask }: AskedPolicy): Policy {
  return {
    ...policy,
    mode: permissionMode !== null && isMore(policy.mode, permissionMode) ? permissionMode : policy.mode,
    deny: distinct(policy.deny, deny ?? []),
    ask: distinct(policy.ask, ask ?? []),
  };
}

/** The policy with further rules that allow; what it denies or asks about stays so. */
export function allowing(policy: Policy, rules: readonly string[]): Policy {
  return { ...policy, allow: distinct(policy.allow, rules) };
}

/** Whether a mode permits more than another one. */
export function isMore(mode: PermissionMode, other: PermissionMode): boolean {
  return PERMISSION_MODES.indexOf(mode) > PERMISSION_MODES.indexOf(other);
}

/** Whether a person may be asked in a run. Claude Code asks nobody in the mode `dontAsk`. */
export function asksPerson({ mode, ask, rest }: Pick<Policy, 'mode' | 'ask' | 'rest'>): boolean {
  return mode !== 'dontAsk' && (ask.length > 0 || rest === 'ask');
}

/** The calls that a person is asked about; undefined: none. */
export function askedCalls(policy: Pick<Policy, 'mode' | 'ask' | 'rest'>): AskedCalls | undefined {
  if (!asksPerson(policy)) return undefined;
  return policy.rest === 'ask' ? 'rest' : policy.ask;
}

/** Whether it names calls to ask about, or asks about the rest, in a mode that asks nobody. */
export function asksInVain({ mode, ask, rest }: Policy): boolean {
  return mode === 'dontAsk' && (ask.length > 0 || rest === 'ask');
}

/** The policy where a person cannot be asked: what would be asked is denied. */
export function askingNobody(policy: Policy): Policy {
  return { ...policy, deny: distinct(policy.deny, policy.ask), ask: [], rest: 'deny' };
}

function distinct(...lists: readonly (readonly string[] | undefined)[]): string[] {
  return [...new Set(lists.flatMap((list) => list ?? []))];
}
