/** Calls that a rule asks about or denies never run while nobody can be asked: the store is broken, or its server gone. */
import { expect } from 'vitest';
import { allowRequest } from '../../src/bridge/requests.ts';
import { createGate } from '../../src/simulator/gate.ts';
import { call, calls, gated } from '../../src/simulator/reply.ts';
import { byConversation } from '../../src/simulator/script.ts';
import { processesIn, type Rig, test, waitUntil } from '../e2e/rig.ts';
import { holdStore, tamper } from '../store/raw.ts';
import {
  ASKING,
  asked,
  bash,
  conversation,
  leavesLine,
  ran,
  sendAsking,
  steps,
  submittedWith,
} from './asking.ts';

const RULES = { policy: { ...ASKING.policy, deny: ['Bash(printf *)'], allow: ['Bash(printf *)'] } } as const;

/** One call that is asked about, and one that is denied. */
const BOTH = calls([
  { name: 'Bash', input: leavesLine('asked') },
  { name: 'Bash', input: { command: 'printf denied >> ran' } },
]);

interface Breakage {
  readonly title: string;
  /** Breaks it, and returns what mends it. */
  readonly breaks: (rig: Rig) => Promise<() => void>;
}

const BREAKAGES: readonly Breakage[] = [
  {
    title: 'Locked',
    breaks: async ({ home }) => {
      const lock = holdStore(home);
      return () => lock[Symbol.dispose]();
    },
  },
  {
    title: 'Read only',
    breaks: async ({ home }) => {
      const refuses = `BEFORE INSERT ON requests BEGIN SELECT RAISE(ABORT, 'attempt to write a readonly database'); END`;
      tamper(home, `CREATE TRIGGER refuses ${refuses}`);
      return () => tamper(home, 'DROP TRIGGER refuses');
    },
  },
  {
    title: 'Server killed',
    breaks: async ({ root }) => {
      await killServers(root);
      return () => undefined;
    },
  },
];

test('a call that a rule asks about or denies does not run while the store is broken or its server is gone', async ({
  rig,
}) => {
  await rig.configure({ ...RULES, ask_wait: '0s' });
  const cases = BREAKAGES.map((breakage) => ({ ...breakage, broken: createGate(), mended: createGate() }));
  rig.script = byConversation(
    Object.fromEntries(
      cases.map(({ title, broken, mended }) => [
        `# Plan: ${title}\n`,
        steps(gated(broken, BOTH), gated(mended, call('Read', { file_path: 'nothing.txt' }))),
      ]),
    ),
  );
  await rig.startSupervisor();
  for (const { title, breaks, broken, mended } of cases) {
    const id = await sendAsking(rig, title);
    await rig.asks(`# Plan: ${title}\n`);
    const mend = await breaks(rig);
    try {
      broken.open();
      await waitUntil(async () => conversation(rig, `${title}\n`).length === 2, `${title}: the results`);
      const results = conversation(rig, `${title}\n`)[1]?.toolResults ?? [];
      expect({ title, errors: results.map(({ isError }) => isError) }).toEqual({
        title,
        errors: [true, true],
      });
      expect(await ran(rig, id)).toEqual([]);
    } finally {
      mend();
    }
    mended.open();
    await rig.until(id, 'awaiting_approval');
  }
});

test('a call that waits for a person does not run when its server is killed, and can be allowed later on', async ({
  rig,
}) => {
  await rig.configure({ ...RULES, ask_wait: '10m' });
  rig.script = steps(bash('late'), bash('late'));
  await rig.startSupervisor();
  const id = await sendAsking(rig, 'Waiting');
  const request = await asked(rig, id);
  await killServers(rig.root);
  await rig.asks('tool_use_error');
  expect(await ran(rig, id)).toEqual([]);
  await allowRequest(rig.bridge, request.id, 'once', 'desktop');
  await submittedWith(rig, id, ['late']);
});

async function killServers(root: string): Promise<void> {
  for (const { pid, command } of await processesIn(root))
    if (command.endsWith('mcp code')) process.kill(pid, 'SIGKILL');
}
