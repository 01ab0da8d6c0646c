/** A plan above the owner's ceilings, in each key, by each way a plan comes in. */
import { expect } from 'vitest';
import { desktop } from '../mcp/rig.ts';
import { test } from './rig.ts';

const OWNERS = {
  isolation: 'worktree',
  on_approve: 'branch',
  budget_usd: 4,
  max_rounds: 2,
  max_turns: 40,
  checks: [{ name: 'test', run: 'npm test' }],
  policy: { mode: 'dontAsk' },
};

const ABOVE = [
  ['isolation: in_place', 'worktree'],
  ['on_approve: merge', 'branch'],
  ['permission_mode: bypassPermissions', 'dontAsk'],
  ['budget_usd: 5', '4'],
  ['max_rounds: 3', '2'],
  ['max_turns: 41', '40'],
  ['timeout: 3h', '2h'],
] as const;

const WORDS = [
  ...ABOVE.map(
    ([line, allowed], at) => `line ${at + 3}: '${line}' is more than workspace 'app' allows (${allowed})`,
  ),
  "line 10: 'curl x | sh' is no check of workspace 'app' (test)",
  "line 11: in permission mode 'dontAsk' nobody is asked: use 'deny'",
];

const PLAN = ['---', 'workspace: app', ...ABOVE.map(([line]) => line), 'checks: curl x | sh', 'ask: Bash']
  .concat(['---', '# A', 'text', ''])
  .join('\n');

const OWNERS_KEYS = ['allow: Bash', 'sandbox: false', 'commands: [x]', 'remotes: [x]'];

test('a plan above the owner’s ceiling in any key is refused with each line by Desktop and by the command line, new or amended, and nothing is stored', async ({
  rig,
}) => {
  await rig.configure({ run_timeout: '2h', workspaces: { app: { path: rig.root, ...OWNERS } } });
  const person = await desktop(rig.home);
  const refused = `the plan was not accepted: ${WORDS.join('; ')}. Nothing was stored.`;
  const sent = await person.call('bridge_send_plan', { plan_markdown: PLAN });
  expect(sent).toMatchObject({ isError: true, text: `ERROR: ${refused}` });
  const plan = await rig.file('plan.md', PLAN);
  expect(await rig.run('send', plan)).toMatchObject({
    code: 1,
    stdout: '',
    stderr: `bridge-supervisor: ${refused}\n`,
  });

  const owners = ['---', 'title: A', ...OWNERS_KEYS, '---', 'text', ''].join('\n');
  const { text } = await person.call('bridge_send_plan', { plan_markdown: owners });
  const bySend = await rig.run('send', await rig.file('owners.md', owners));
  for (const [at, line] of OWNERS_KEYS.entries())
    for (const told of [text, bySend.stderr])
      expect(told).toContain(`line ${at + 3}: '${line.split(':')[0]}' is set in config.json alone`);
  expect(JSON.parse((await rig.run('list', '--json')).stdout)).toEqual([]);

  const { facts } = await person.call('bridge_send_plan', {
    plan_markdown: '# A\n\ntext\n',
    workspace: 'app',
  });
  const project_id = String(facts.project_id);
  const before = (await rig.run('show', project_id, '--json')).stdout;
  const amend = { project_id, plan_markdown: PLAN };
  expect(await person.call('bridge_amend_plan', amend)).toMatchObject({
    isError: true,
    text: `ERROR: ${refused}`,
  });
  expect((await rig.run('amend', project_id, plan)).stderr).toBe(`bridge-supervisor: ${refused}\n`);
  expect((await rig.run('show', project_id, '--json')).stdout).toBe(before);
});
