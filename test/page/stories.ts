/** What a person finds in the morning. */
import { mkdir, writeFile } from 'node:fs/promises';
import { endRun } from '../../src/bridge/end-run.ts';
import { databaseOf } from '../../src/bridge/open-bridge.ts';
import { openRequest, PERMISSION } from '../../src/bridge/open-request.ts';
import { projectDetails } from '../../src/bridge/queries.ts';
import { recordAnswered } from '../../src/bridge/runs.ts';
import { sendPlan } from '../../src/bridge/send-plan.ts';
import { sendToChannel } from '../../src/bridge/send-to-channel.ts';
import { sendCompletion } from '../../src/bridge/submissions.ts';
import type { Evidence } from '../../src/project/evidence.ts';
import type { ProjectId } from '../../src/project/ids.ts';
import type { SessionContext } from '../../src/project/session-context.ts';
import { evidenceFiles, runsFolder } from '../../src/state-folder.ts';
import { updateRequest } from '../../src/store/requests.ts';
import { accepted, begin, ending, policyOf } from '../bridge/steps.ts';
import { check, leaseOf, measure } from '../bridge/submitted.ts';
import type { Rig } from '../rig.ts';

const PATCH = `diff --git a/src/export.ts b/src/export.ts
index 1111111..2222222 100644
--- a/src/export.ts
+++ b/src/export.ts
@@ -10,6 +10,8 @@ import { rows } from './rows.ts';
 /** Writes all rows. */
 export function exportRows(out: Writable): void {
-  for (const row of rows()) out.write(row.join(';') + '\\n');
+  for (const row of rows()) out.write(row.map(quoted).join(',') + '\\n');
+  if (rows().length === 0) out.write(HEADER);
 }
 
+const HEADER = 'id,name,price\\n';
 const SEPARATOR = ',';
diff --git a/package-lock.json b/package-lock.json
index 1111111..2222222 100644
--- a/package-lock.json
+++ b/package-lock.json
@@ -1,3 +1,3 @@
 {
-  "version": "1.0.0"
+  "version": "1.0.1"
 }
`;

const SUMMARY = `Rows are written as **CSV** with quoted fields.

- \`exportRows\` quotes fields that hold a comma
- an empty table writes the header alone

| case | rows |
| --- | --- |
| empty | 0 |
| one | 1 |
`;

export interface Submitted {
  readonly plan?: string;
  readonly summary?: string;
  readonly caveats?: string;
  readonly patch?: string;
  readonly output?: string;
  readonly evidence?: Partial<Evidence>;
  /** How large the conversation of the run has grown. */
  readonly context?: SessionContext;
}

/** A project whose work was submitted and measured, and waits for a decision. */
export async function waiting(rig: Rig, submitted: Submitted = {}): Promise<ProjectId> {
  const {
    plan = '# Add CSV export',
    summary = SUMMARY,
    caveats = '',
    patch = PATCH,
    output = '',
  } = submitted;
  rig.clock.advance(1_000);
  const { project } = accepted(await sendPlan(rig.bridge, policyOf(rig), { markdown: plan }, 'desktop'));
  const { run } = await begin(rig);
  const said = { summary, filesCreated: [], filesModified: ['src/export.ts'], caveats };
  accepted(await sendCompletion(rig.bridge, project.id, said, { runId: run.id, requestId: null }));
  const { context } = submitted;
  if (context) await recordAnswered(leaseOf(rig), run);
  await endRun(leaseOf(rig), run, { kind: 'submitted' }, { ...ending, ...(context && { context }) });
  const madeAt = rig.clock.now().toISOString();
  await measure(rig, { madeAt, ...measuredFacts(patch), ...submitted.evidence });
  await mkdir(runsFolder(rig.home), { recursive: true });
  const files = evidenceFiles(rig.home, run.id);
  await writeFile(files.patch, patch);
  await writeFile(files.check(1), output || '\u001b[32m✓\u001b[0m 212 passed\n');
  return project.id;
}

function measuredFacts(patch: string): Partial<Evidence> {
  const changes = [
    { path: 'src/export.ts', status: 'M', insertions: 3, deletions: 1, binary: false, size: 900 },
    { path: 'package-lock.json', status: 'M', insertions: 1, deletions: 1, binary: false, size: 90 },
  ] as const;
  return {
    diff: {
      files: 2,
      insertions: 4,
      deletions: 2,
      binary: 0,
      patchBytes: patch.length,
      truncated: false,
      changes: [...changes],
    },
    checks: [passed('npm test', 41_000), passed('npm run lint', 3_000)],
    checksPassed: true,
  };
}

function passed(name: string, durationMs: number) {
  return check({ name, run: name, exitCode: 0, durationMs, outputTail: '', changedFiles: [], leftovers: [] });
}

/** What makes a person look twice. */
export const DOUBTFUL: Partial<Evidence> = {
  checks: [
    passed('npm test', 41_000),
    check({
      name: 'npm run lint',
      run: 'npm run lint',
      exitCode: 1,
      durationMs: 3_000,
      outputTail: '\u001b[31msrc/export.ts:14\u001b[0m  unexpected console statement\n1 problem\n',
      changedFiles: [],
      leftovers: [],
    }),
  ],
  checksPassed: false,
  claims: { missing: [], undeclared: ['package-lock.json'], misfiled: [], ignored: [] },
  warnings: [{ kind: 'check_inputs_changed', paths: ['package.json'], detail: '' }],
  denied: [{ tool: 'Bash', what: 'Bash: rm -rf build', by: 'rule', times: 1 }],
  repairs: { used: 2, max: 2 },
};

/** A run under way that asks: a question with options, or the permission for a call. */
export async function asking(rig: Rig, plan: string, kind: 'question' | 'permission'): Promise<ProjectId> {
  rig.clock.advance(1_000);
  const { project } = accepted(await sendPlan(rig.bridge, policyOf(rig), { markdown: plan }, 'desktop'));
  const { run } = await begin(rig);
  const call = {
    toolUseId: `toolu_${project.id}`,
    toolName: 'Bash',
    input: { command: 'psql -c "DROP TABLE legacy"' },
    agentId: null,
  };
  const asked =
    kind === 'permission'
      ? PERMISSION
      : ({
          kind,
          question: 'Drop the table `legacy`, or keep it for a release?',
          options: ['Drop it', 'Keep it'],
          defaultAnswer: 'Keep it',
        } as const);
  accepted(await openRequest(rig.bridge, { projectId: project.id, runId: run.id }, call, asked));
  return project.id;
}

/** A run has ended to wait for the decision on a call. */
export async function askingLater(rig: Rig, plan: string): Promise<ProjectId> {
  const id = await asking(rig, plan, 'permission');
  const { runs, requests } = accepted(await projectDetails(rig.bridge, id));
  const [run] = runs;
  const [request] = requests;
  if (!run || !request) throw new Error(`${id} does not ask`);
  await databaseOf(rig.bridge).write(({ trx, now }) =>
    updateRequest(trx, request.id, { state: 'deferred', deferred_at: now }),
  );
  await endRun(leaseOf(rig), run, { kind: 'deferred', requestId: request.id }, ending);
  return id;
}

/** A message that somebody has sent into a channel: its id. */
export async function said(rig: Rig, channel: string, sender: string, content: string): Promise<string> {
  const sent = await sendToChannel(rig.bridge, { channel, sender, content });
  if (!sent.ok) throw new Error(sent.refusal.message);
  return sent.value.message.id;
}

const EVIL =
  '<img src=x onerror="window.pwned=1"><script>window.pwned=2</script><svg onload="window.pwned=3"></svg> [go](javascript:window.pwned=4) ![x](https://evil.example/x.png) \u202eabc\u202c \u{E0041}\u{E0042}';

/** Work of somebody who wants to be more than read. */
export async function hostile(rig: Rig): Promise<ProjectId> {
  const long = 'w'.repeat(50_000);
  const path = 'src/<img src=x onerror=window.pwned=5>\u202e.ts';
  const patch = `diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1,2 @@\n-${EVIL}\n+${EVIL}${long}\n+<script>window.pwned=6</script>\n`;
  return waiting(rig, {
    plan: `# Title <img src=x onerror=window.pwned=7>\n\n${EVIL}\n\n${long}`,
    summary: `${EVIL}\n\n<details open ontoggle="window.pwned=8">${long.slice(0, 40_000)}\n\n| a |\n| --- |\n| ${EVIL} |\n`,
    caveats: EVIL,
    patch,
    output: `printed by the check \u001b[31m${EVIL}\u001b[0m \u001b]8;;javascript:window.pwned=9\u0007link\u001b]8;;\u0007\n`,
    evidence: {
      diff: {
        ...{ files: 1, insertions: 2, deletions: 1, binary: 0, patchBytes: patch.length, truncated: false },
        changes: [{ path, status: 'M', insertions: 2, deletions: 1, binary: false, size: 9 }],
      },
      claims: { missing: [EVIL], undeclared: [path], misfiled: [], ignored: [long.slice(0, 3_000)] },
      denied: [{ tool: 'Bash', what: `Bash: ${EVIL}`, by: 'rule', times: 1 }],
    },
  });
}
