import { describe, expect, test } from 'vitest';
import {
  type Fault,
  faultOf,
  JUDGEMENTS,
  MIN_PROJECTS_ALIKE,
  MIN_PROJECTS_FAILING,
  MIN_RUNS_IN_VAIN,
  type Symptoms,
} from '../../src/project/fault.ts';
import type { OutcomeKind } from '../../src/project/outcome.ts';

const KINDS = Object.keys(JUDGEMENTS) as OutcomeKind[];
const NOTHING_KNOWN: Symptoms = {
  answered: false,
  answeredInVain: 0,
  othersAnswered: false,
  projectsAlike: 1,
  projectsFailing: 1,
  ownModel: false,
};

/** Every combination of what can be known. */
const SYMPTOMS: readonly Symptoms[] = [
  { answered: false, answeredInVain: 0 },
  { answered: true, answeredInVain: 1 },
  { answered: true, answeredInVain: MIN_RUNS_IN_VAIN },
].flatMap((answers) =>
  [false, true].flatMap((othersAnswered) =>
    [
      { projectsAlike: 1, projectsFailing: 1 },
      { projectsAlike: MIN_PROJECTS_ALIKE - 1, projectsFailing: MIN_PROJECTS_FAILING - 1 },
      { projectsAlike: MIN_PROJECTS_ALIKE, projectsFailing: MIN_PROJECTS_ALIKE },
      { projectsAlike: 1, projectsFailing: MIN_PROJECTS_FAILING },
    ].flatMap((projects) =>
      [false, true].map((ownModel) => ({ ...answers, ...projects, othersAnswered, ownModel })),
    ),
  ),
);

/** Whose fault it is by the outcome alone, and when that changes. */
const CELLS: Record<
  OutcomeKind,
  { readonly alone: Fault; readonly except?: readonly [(symptoms: Symptoms) => boolean, Fault] }
> = {
  submitted: { alone: 'nobody' },
  deferred: { alone: 'nobody' },
  deferral_lost: { alone: 'nobody' },
  reviewed: { alone: 'nobody' },
  no_review: { alone: 'nobody' },
  tool_unexpected: { alone: 'nobody' },
  cancelled: { alone: 'nobody' },
  interrupted: { alone: 'nobody' },
  lost: { alone: 'project' },
  workspace_missing: { alone: 'project', except: [manyAlike, 'everybody'] },
  claude_too_old: { alone: 'project', except: [manyAlike, 'everybody'] },
  tool_denied: { alone: 'project', except: [manyAlike, 'everybody'] },
  wrong_folder: { alone: 'project', except: [manyAlike, 'everybody'] },
  worktree_refused: { alone: 'project' },
  prepare_failed: { alone: 'project' },
  timed_out: { alone: 'project' },
  output_too_large: { alone: 'project' },
  max_turns: { alone: 'project' },
  budget_spent: { alone: 'project' },
  refused: { alone: 'project' },
  prompt_too_long: { alone: 'project' },
  session_missing: { alone: 'project' },
  usage_limit: { alone: 'everybody' },
  claude_missing: { alone: 'everybody' },
  machine_exhausted: { alone: 'everybody' },
  throttled: { alone: 'everybody', except: [othersFare, 'project'] },
  api_error: { alone: 'everybody', except: [othersFare, 'project'] },
  not_logged_in: { alone: 'everybody', except: [othersFare, 'project'] },
  billing: { alone: 'everybody', except: [othersFare, 'project'] },
  tools_missing: { alone: 'everybody', except: [othersFare, 'project'] },
  model_unknown: { alone: 'everybody', except: [(e) => othersFare(e) || e.ownModel, 'project'] },
  never_spawned: { alone: 'project', except: [manyAlike, 'everybody'] },
  no_init: { alone: 'project', except: [manyAlike, 'everybody'] },
  stalled: { alone: 'project', except: [manyAlike, 'everybody'] },
  crashed: { alone: 'project', except: [manyAlike, 'everybody'] },
  output_truncated: { alone: 'project', except: [manyAlike, 'everybody'] },
  no_completion: { alone: 'project', except: [manyAlike, 'everybody'] },
  request_refused: { alone: 'project', except: [manyAlike, 'everybody'] },
};

/** Others are answered, and this run never was, or again in vain. */
function othersFare({ answered, answeredInVain, othersAnswered }: Symptoms): boolean {
  return othersAnswered && (!answered || answeredInVain >= MIN_RUNS_IN_VAIN);
}

function manyAlike({ answered, othersAnswered, projectsAlike, projectsFailing }: Symptoms): boolean {
  if (answered || othersAnswered) return false;
  return projectsAlike >= MIN_PROJECTS_ALIKE || projectsFailing >= MIN_PROJECTS_FAILING;
}

describe('whose fault the end of a run is', () => {
  test.each(KINDS)('the fault of %s is decided when nothing else is known', (kind) => {
    expect(faultOf(kind, NOTHING_KNOWN)).toBe(CELLS[kind].alone);
  });

  test.each(KINDS)('the fault of %s is decided with everything that can be known', (kind) => {
    const { alone, except } = CELLS[kind];
    for (const symptoms of SYMPTOMS) {
      const expected = except?.[0](symptoms) ? except[1] : alone;
      expect(faultOf(kind, symptoms), JSON.stringify(symptoms)).toBe(expected);
    }
  });

  test('an answer of the model is never turned into everybody’s fault by runs without one', () => {
    for (const kind of KINDS.filter((kind) => CELLS[kind].alone === 'project'))
      expect(faultOf(kind, { ...NOTHING_KNOWN, answered: true, projectsAlike: 99 }), kind).toBe('project');
  });
});
