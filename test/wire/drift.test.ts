/** What leaves the program and what is kept inside stay in step, in both directions; tsc fails on most of it. */
import { expect, expectTypeOf, test } from 'vitest';
import { codeTools } from '../../src/mcp/code.ts';
import { DESKTOP_TOOLS } from '../../src/mcp/desktop.ts';
import type { Hold } from '../../src/project/hold.ts';
import { asProjectId, asRunId } from '../../src/project/ids.ts';
import { type Outcome, outcomeSchema as storedOutcome } from '../../src/project/outcome.ts';
import type { Project } from '../../src/project/project.ts';
import type { Quota } from '../../src/project/quota.ts';
import type { Completion, Decision, SteeringMessage, Update } from '../../src/project/review.ts';
import type { LiveState, Run } from '../../src/project/run.ts';
import type { SnakeCase } from '../../src/snake-case.ts';
import { toWireOutcome } from '../../src/wire/run.ts';
import type { WireEvent } from '../../src/wire/schemas/event.ts';
import type { WireHold } from '../../src/wire/schemas/hold.ts';
import type { WireMessage, WireUpdate } from '../../src/wire/schemas/message.ts';
import { outcomeSchema, type WireOutcome } from '../../src/wire/schemas/outcome.ts';
import type { WireProject } from '../../src/wire/schemas/project.ts';
import type { WireDecision, WireRound } from '../../src/wire/schemas/round.ts';
import type { WireRun } from '../../src/wire/schemas/run.ts';
import type {
  ToolDecision,
  ToolEvent,
  ToolProject,
  ToolRound,
  ToolRun,
  ToolUpdate,
} from '../../src/wire/schemas/tool-nouns.ts';
import { TOOL_RESULTS } from '../../src/wire/schemas/tool-results.ts';
import type { WireUsageWindow } from '../../src/wire/schemas/usage-window.ts';

import { ASKS_NOBODY } from '../mcp/rig.ts';

/** The names of a value's fields as they are written outside, without those that stay inside. */
type Names<Value, Internal = never> = Exclude<SnakeCase<keyof Value>, Internal>;

/** The names that only one of two lists has, as keys: tsc says of `{}` which are missing, and prints no list. */
type Unpaired<Outside extends string, Inside extends string> = Record<
  Exclude<Outside, Inside> | Exclude<Inside, Outside>,
  unknown
>;

test('every field of a noun is on the wire, or is named here as internal', () => {
  expectTypeOf<keyof WireProject>().toEqualTypeOf<Names<Project, 'run_id' | 'place'>>();
  expectTypeOf<keyof WireRun>().toEqualTypeOf<
    Names<Run, 'machine_id' | 'account' | 'pid_started_at' | 'fingerprint'>
  >();
  expectTypeOf<keyof WireRun['live']>().toEqualTypeOf<Names<LiveState>>();
  expectTypeOf<keyof WireHold>().toEqualTypeOf<Names<Hold>>();
  expectTypeOf<keyof WireUsageWindow>().toEqualTypeOf<Names<Quota>>();
  expectTypeOf<keyof WireUpdate>().toEqualTypeOf<Names<Update, 'project_id'>>();
  expectTypeOf<keyof WireMessage>().toEqualTypeOf<Names<SteeringMessage, 'project_id'>>();
  // The submission's own time is named for what it is, and what followed from it lies inside it.
  expectTypeOf<
    Exclude<keyof WireRound, 'outline' | 'submitted_at' | 'measured' | 'decision' | 'landings'>
  >().toEqualTypeOf<Names<Completion, 'id' | 'project_id' | 'created_at'>>();
  expectTypeOf<Exclude<keyof WireDecision, 'decided_at'>>().toEqualTypeOf<
    Names<Decision, 'id' | 'project_id' | 'round' | 'evidence_id' | 'created_at'>
  >();
});

test('a tool names what it takes from a noun as the noun does', () => {
  expectTypeOf<Exclude<keyof ToolProject, keyof WireProject>>().toEqualTypeOf<'project_id'>();
  expectTypeOf<Exclude<keyof ToolRun, keyof WireRun | keyof WireRun['live']>>().toEqualTypeOf<'run_id'>();
  expectTypeOf<Exclude<keyof ToolRound, keyof WireRound>>().toEqualTypeOf<never>();
  expectTypeOf<Exclude<keyof ToolDecision, keyof WireDecision>>().toEqualTypeOf<'round'>();
  expectTypeOf<Exclude<keyof ToolUpdate, keyof WireUpdate>>().toEqualTypeOf<never>();
  expectTypeOf<Exclude<keyof ToolEvent, keyof WireEvent>>().toEqualTypeOf<'message' | 'quote'>();
});

test('every tool has a schema of its result, and every schema a tool', () => {
  const scope = { ...ASKS_NOBODY, runId: asRunId('a1b2c3d4e5f6'), projectId: asProjectId('b1b2c3d4e5f6') };
  const tools = [...DESKTOP_TOOLS, ...codeTools(undefined), ...codeTools(scope)];
  const names = new Set(tools.filter(({ unlisted }) => !unlisted).map(({ name }) => name));
  expect(Object.keys(TOOL_RESULTS).sort()).toEqual([...names].sort());
});

test('an outcome has the same kinds and facts inside and outside', () => {
  type Keys<Union> = Union extends unknown ? keyof Union : never;
  const kinds: Unpaired<WireOutcome['kind'], Outcome['kind']> = {};
  const facts: Unpaired<Keys<WireOutcome>, SnakeCase<Keys<Outcome>>> = {};
  expect({ ...kinds, ...facts }).toEqual({});
});

const OUTCOMES: readonly Outcome[] = [
  { kind: 'submitted' },
  { kind: 'deferred', requestId: 'a1b2c3d4e5f6' },
  { kind: 'deferral_lost' },
  { kind: 'no_completion' },
  { kind: 'reviewed' },
  { kind: 'no_review' },
  { kind: 'tool_unexpected', tool: 'Bash' },
  { kind: 'cancelled' },
  { kind: 'interrupted' },
  { kind: 'never_spawned', message: 'm' },
  { kind: 'claude_missing', message: 'm' },
  { kind: 'machine_exhausted', message: 'm' },
  { kind: 'workspace_missing', message: 'm' },
  { kind: 'no_init', afterMs: 1 },
  { kind: 'tools_missing', status: 'failed' },
  { kind: 'tool_denied', tool: 't', setting: 's' },
  { kind: 'wrong_folder', folder: 'f' },
  { kind: 'worktree_refused', cause: 'unborn', detail: '' },
  { kind: 'prepare_failed', exitCode: 1, signal: null, timedOut: false, output: 'a' },
  { kind: 'claude_too_old', message: 'm' },
  { kind: 'stalled', silentMs: 1 },
  { kind: 'timed_out', afterMs: 1 },
  { kind: 'crashed', code: 1, signal: null, stderr: 's' },
  { kind: 'output_truncated' },
  { kind: 'output_too_large', writtenMb: 2, maxMb: 1 },
  { kind: 'usage_limit', limit: 'five_hour', resetsAt: '2026-03-01T12:00:00.000Z' },
  { kind: 'throttled' },
  { kind: 'not_logged_in', message: 'm' },
  { kind: 'billing', message: 'm' },
  { kind: 'api_error', status: 500, message: 'm' },
  { kind: 'model_unknown', model: 'opus', source: 'plan', message: 'm' },
  { kind: 'model_unknown', model: 'opus' },
  { kind: 'request_refused', status: 400, message: 'm' },
  { kind: 'max_turns', turns: 3 },
  { kind: 'budget_spent', budgetUsd: 2 },
  { kind: 'refused' },
  { kind: 'prompt_too_long' },
  { kind: 'session_missing' },
  { kind: 'lost', message: 'm' },
];

test.for(OUTCOMES)('the outcome $kind fits its schema', (outcome) => {
  const wire = toWireOutcome(outcome);
  expect(outcomeSchema.parse(wire)).toEqual(wire);
  expect(Object.values(wire)).toEqual(Object.values(outcome));
});

test('every kind of outcome is tried', () => {
  const kinds = storedOutcome().options.map(({ shape }) => shape.kind.value);
  expect(new Set(OUTCOMES.map(({ kind }) => kind))).toEqual(new Set(kinds));
});
