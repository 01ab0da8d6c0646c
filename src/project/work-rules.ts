/** What the owner says about work in a folder: where it is done, what proves it, and what an approval does. */
import type { LandingAction } from './landing.ts';
import { type Policy, policyOf, type SharedPolicy } from './policy.ts';
import { DEFAULT_REVISE_IN, type ReviseIn } from './revision.ts';
import {
  type Isolation,
  namedWorkspaces,
  type ReviewSettings,
  type SandboxMode,
  type WorkspaceEntry,
  type WorkspaceSettings,
} from './workspace.ts';

export interface OwnersCheck {
  readonly name: string;
  readonly run: string;
  readonly timeoutMs: number;
}

export interface AutoApproval {
  /** Lines that may have changed. */
  readonly maxLines: number;
  /** Globs; every change must match one. */
  readonly paths: readonly string[];
}

/** A second model that reads the changes once the checks are green. */
export interface ReviewRules {
  /** What it is to look for; null: as prompts/review.md says. */
  readonly prompt: string | null;
  /** Null: the model of the configuration. */
  readonly model: string | null;
  /** What one review may cost, in US dollars. */
  readonly maxUsd: number;
  readonly timeoutMs: number;
  /** What it calls blocking goes back to Claude, once a round. */
  readonly repair: boolean;
}

export interface WorkRules {
  /** What Claude may do. */
  readonly policy: Policy;
  /** Of one run; null: no limit. */
  readonly maxTurns: number | null;
  /** How long one run may take; null: no limit. */
  readonly runTimeoutMs: number | null;
  /** A folder without git is worked on in place, whatever this says. */
  readonly isolation: Isolation;
  /** A plan may ask for `in_place`. */
  readonly allowInPlace: boolean;
  /** Null: the branch that is checked out when the plan is sent. */
  readonly base: string | null;
  readonly prepare: string | null;
  readonly prepareTimeoutMs: number;
  readonly checks: readonly OwnersCheck[];
  /** Globs. */
  readonly checkInputs: readonly string[];
  readonly checkEnvDeny: readonly string[];
  readonly sandbox: SandboxMode;
  /** Names that Claude's commands may reach from it. */
  readonly sandboxDomains: readonly string[];
  /** Checks may use the network in it. */
  readonly checkNetwork: boolean;
  readonly repairs: number;
  readonly onApprove: LandingAction;
  readonly remote: string;
  readonly maxRounds: number;
  /** In which session a rejected project goes on. */
  readonly reviseIn: ReviseIn;
  /** What all runs of a project may cost, in US dollars; null: no limit. */
  readonly projectUsd: number | null;
  /** Runs under way at once; null: as many as `concurrency` lets. */
  readonly concurrency: number | null;
  readonly autoApprove: AutoApproval | null;
  /** Null: nobody reviews before the person does. */
  readonly review: ReviewRules | null;
}

/** What holds for every workspace that does not say otherwise, by the names of the configuration. */
export interface SharedRules extends SharedPolicy {
  readonly max_turns?: number | undefined;
  /** In milliseconds. */
  readonly run_timeout?: number | undefined;
  readonly isolation?: Isolation | undefined;
  readonly sandbox?: SandboxMode | undefined;
  readonly sandbox_domains?: readonly string[] | undefined;
  readonly check_network?: boolean | undefined;
  readonly repairs?: number | undefined;
  readonly on_approve?: LandingAction | undefined;
  readonly max_rounds?: number | undefined;
  readonly revise_in?: ReviseIn | undefined;
  readonly budget?: { readonly project_usd?: number | undefined } | undefined;
  readonly review?: ReviewSettings | undefined;
}

export const DEFAULT_ISOLATION: Isolation = 'worktree';
export const DEFAULT_ON_APPROVE: LandingAction = 'merge';
export const DEFAULT_SANDBOX: SandboxMode = 'off';
export const DEFAULT_REPAIRS = 2;
export const DEFAULT_MAX_ROUNDS = 5;
const DEFAULT_PREPARE_TIMEOUT_MS = 10 * 60_000;

/** The rules for a folder with these settings of its own; undefined for one that has none. */
export function workRules(own: WorkspaceSettings | undefined, shared: SharedRules): WorkRules {
  const auto = own?.auto_approve;
  const review = own?.review ?? shared.review ?? false;
  return {
    policy: policyOf(own?.policy, shared),
    maxTurns: own?.max_turns ?? shared.max_turns ?? null,
    runTimeoutMs: shared.run_timeout ?? null,
    isolation: own?.isolation ?? shared.isolation ?? DEFAULT_ISOLATION,
    allowInPlace: own?.allow_in_place ?? false,
    base: own?.base ?? null,
    prepare: own?.prepare ?? null,
    prepareTimeoutMs: own?.prepare_timeout ?? DEFAULT_PREPARE_TIMEOUT_MS,
    checks: (own?.checks ?? []).map(({ name, run, timeout }) => ({ name, run, timeoutMs: timeout })),
    checkInputs: own?.check_inputs ?? [],
    checkEnvDeny: own?.check_env_deny ?? [],
    sandbox: own?.sandbox ?? shared.sandbox ?? DEFAULT_SANDBOX,
    sandboxDomains: own?.sandbox_domains ?? shared.sandbox_domains ?? [],
    checkNetwork: own?.check_network ?? shared.check_network ?? false,
    repairs: own?.repairs ?? shared.repairs ?? DEFAULT_REPAIRS,
    onApprove: own?.on_approve ?? shared.on_approve ?? DEFAULT_ON_APPROVE,
    remote: own?.remote ?? 'origin',
    maxRounds: own?.max_rounds ?? shared.max_rounds ?? DEFAULT_MAX_ROUNDS,
    reviseIn: own?.revise_in ?? shared.revise_in ?? DEFAULT_REVISE_IN,
    projectUsd: own?.budget_usd ?? shared.budget?.project_usd ?? null,
    concurrency: own?.concurrency ?? null,
    autoApprove: auto === undefined ? null : { maxLines: auto.max_lines, paths: auto.paths },
    review: review === false ? null : reviewRules(review),
  };
}

/** Whether work in some folder may not be done without a sandbox. */
export function requiresSandbox(config: RulesOfAll): boolean {
  return sandboxModes(config).includes('require');
}

/** Whether work in some folder is to be done in a sandbox. */
export function asksForSandbox(config: RulesOfAll): boolean {
  return sandboxModes(config).some((mode) => mode !== 'off');
}

type RulesOfAll = SharedRules & { readonly workspaces: Readonly<Record<string, WorkspaceEntry>> };

/** Of folders that the configuration does not name, and of those that it does. */
function sandboxModes(config: RulesOfAll): SandboxMode[] {
  const own = namedWorkspaces(config.workspaces).map(({ settings }) => settings);
  return [undefined, ...own].map((settings) => workRules(settings, config).sandbox);
}

function reviewRules({ prompt, model, max_usd, timeout, repair }: ReviewSettings): ReviewRules {
  return { prompt: prompt ?? null, model: model ?? null, maxUsd: max_usd, timeoutMs: timeout, repair };
}
