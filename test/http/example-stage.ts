/** What the examples of docs/http.md are about: one of everything that a route names, by the names that they use. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { clearChannel } from '../../src/bridge/clear-channel.ts';
import { addCredential } from '../../src/bridge/credentials.ts';
import { pause } from '../../src/bridge/holds.ts';
import { openRequest, PERMISSION } from '../../src/bridge/open-request.ts';
import { acceptPlan } from '../../src/bridge/schedules.ts';
import { sendToChannel } from '../../src/bridge/send-to-channel.ts';
import { makeSignInCode } from '../../src/bridge/sign-in.ts';
import { configOfText } from '../../src/config.ts';
import { evidenceFiles, runFiles } from '../../src/state-folder.ts';
import { accepted, begin, projectIn, send, supervised } from '../bridge/steps.ts';
import { check, measure, toVerify } from '../bridge/submitted.ts';
import { writeEvidenceFiles } from '../evidence-files.ts';
import type { Rig } from '../rig.ts';
import { type Serving, serve, signedIn } from './server.ts';

export interface ExampleStage extends AsyncDisposable {
  readonly rig: Rig;
  readonly api: Serving;
  /** What stands for `$NAME`. */
  readonly names: Readonly<Record<string, string>>;
}

export async function createExampleStage(): Promise<ExampleStage> {
  const rig = await supervised();
  const config = { notify: [{ via: 'os', name: 'desk' }, { via: 'push' }] };
  const http = { public_url: 'https://box.example' };
  await shareFolder(rig);
  const api = await serve(rig, { config, http, env: { BRIDGE_HOME: rig.home }, roles: [] });
  const { token: TOKEN } = accepted(await addCredential(rig.bridge, 'phone', 'admin', undefined, 'person'));
  const measured = await measuredWork(rig);
  const { project: WORKING, request: PERMISSION_ASKED } = await ask(rig, PERMISSION);
  const { request: QUESTION } = await ask(rig, {
    kind: 'question',
    question: 'Which port?',
    options: ['80', '8080'],
    defaultAnswer: '80',
  });
  const PARKED = await projectIn(rig, 'attention', { title: 'Paint the clock' });
  const [EARLIER, MESSAGE] = [await say(rig, 'The build began.'), await say(rig, 'The build is green.')];
  await say(rig, 'Done.', 'shop:old');
  await clearChannel(rig.bridge, 'shop:old', 'person: phone');
  const { cookie: COOKIE, key: KEY } = await signedIn(rig, 'laptop', 'decide');
  const terms = { name: 'tablet', role: 'decide', lifetimeMs: 120_000 } as const;
  const { code: CODE } = await makeSignInCode(rig.bridge, terms);
  const page = await api.call('GET /');
  const SCRIPT = /page-\w+\.js/.exec(page.text)?.[0] ?? '';
  const SCHEDULE = await schedule(rig);
  await pause(rig.bridge, 'Backup runs.', 'person');
  const own = { TOKEN, WORKING, PARKED, QUESTION, EARLIER, MESSAGE, SCHEDULE, COOKIE, KEY, CODE, SCRIPT };
  return {
    rig,
    api,
    names: { ...own, ...measured, PERMISSION: PERMISSION_ASKED },
    async [Symbol.asyncDispose]() {
      await api[Symbol.asyncDispose]();
      await rig[Symbol.asyncDispose]();
    },
  };
}

/** Beside the state folder, as the configuration there says: it is read anew at each call. */
async function shareFolder({ home }: Rig): Promise<void> {
  const path = join(dirname(home), 'shared');
  await mkdir(path);
  await writeFile(join(path, 'spec.md'), '# The clock\n');
  await writeFile(join(home, 'config.json'), JSON.stringify({ folder: { path } }));
}

const PATCH = `diff --git a/clock.ts b/clock.ts
new file mode 100644
--- /dev/null
+++ b/clock.ts
@@ -0,0 +1 @@
+export const tick = () => 'tick';
`;

const SAID = {
  type: 'assistant',
  message: { id: 'msg_1', content: [{ type: 'text', text: 'The clock ticks.' }] },
};

/** A project whose work was measured, and the run that has done it. */
async function measuredWork(rig: Rig): Promise<{ readonly PROJECT: string; readonly RUN: string }> {
  const PROJECT = await toVerify(rig);
  const RUN = rig.rowsOf('runs').at(-1)?.id ?? '';
  const change = {
    path: 'clock.ts',
    status: 'A',
    insertions: 1,
    deletions: 0,
    binary: false,
    size: 34,
  } as const;
  const sums = { files: 1, insertions: 1, deletions: 0, binary: 0, truncated: false };
  await measure(rig, {
    diff: { ...sums, patchBytes: PATCH.length, changes: [change] },
    checks: [check({ exitCode: 0 })],
    checksPassed: true,
  });
  await writeEvidenceFiles(rig.home, RUN);
  const files = evidenceFiles(rig.home, RUN);
  await writeFile(files.patch, PATCH);
  await writeFile(files.check(1), '3 tests passed\n');
  await writeFile(runFiles(rig.home, RUN).output, `${JSON.stringify(SAID)}\n`);
  return { PROJECT, RUN };
}

/** A run under way that asks this. */
async function ask(rig: Rig, asking: Parameters<typeof openRequest>[3]) {
  const { id: project } = await send(rig, '# Publish the clock');
  const { run } = await begin(rig);
  const call = { toolUseId: 'toolu_1', toolName: 'Bash', input: { command: 'npm publish' }, agentId: null };
  const speaker = { projectId: project, runId: run.id };
  const { id: request } = accepted(await openRequest(rig.bridge, speaker, call, asking));
  return { project, request };
}

async function say({ bridge }: Rig, content: string, channel = 'shop:build'): Promise<string> {
  const sent = await sendToChannel(bridge, { channel, sender: 'alice', content });
  if (!sent.ok) throw new Error(`refused: ${sent.refusal.message}`);
  return sent.value.message.id;
}

async function schedule(rig: Rig): Promise<string> {
  const config = configOfText('{}', 'config.json', {});
  const markdown = '---\nschedule: 0 6 * * *\ntimezone: Europe/Berlin\n---\n# Every morning\n\nSweep.';
  const sent = accepted(await acceptPlan(rig.bridge, config, { markdown }, 'person'));
  if (sent.kind !== 'schedule') throw new Error('a plan with a schedule was taken for one without');
  return sent.sent.schedule.id;
}
