import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sessionExists, sessionHasMessage } from '../../src/claude/session.ts';
import { temporaryFolder } from './rig.ts';

const ID = '87ae29f1-7f7a-4b49-976a-b4e185fca44b';

/** A configuration folder of Claude with one conversation in it. */
async function withConversation(config: string, text = '{"type":"user"}\n'): Promise<void> {
  const folder = join(config, 'projects', '-work-shed');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${ID}.jsonl`), text);
}

describe('sessions with a conversation', () => {
  test("a session's conversation is in the home folder", async () => {
    const home = await temporaryFolder();
    await withConversation(join(home, '.claude'));
    expect(await sessionExists(ID, { HOME: home })).toBe(true);
    expect(await sessionExists(ID, { USERPROFILE: home })).toBe(true);
    expect(await sessionExists(ID, { HOME: home, CLAUDE_CONFIG_DIR: '' })).toBe(true);
  });

  test("a session's conversation is in the configuration folder of the environment, and only there", async () => {
    const home = await temporaryFolder();
    const config = join(home, 'config');
    await withConversation(config);
    expect(await sessionExists(ID, { HOME: '/nowhere', CLAUDE_CONFIG_DIR: config })).toBe(true);
    await withConversation(join(home, '.claude'));
    await rm(config, { recursive: true });
    expect(await sessionExists(ID, { HOME: home, CLAUDE_CONFIG_DIR: config })).toBe(false);
  });

  test("a session's conversation is found whatever its workspace", async () => {
    const home = await temporaryFolder();
    await withConversation(join(home, '.claude'));
    for (const folder of ['-a', '-b', '-work-house'])
      await mkdir(join(home, '.claude', 'projects', folder), { recursive: true });
    await writeFile(join(home, '.claude', 'projects', 'a file.txt'), '');
    expect(await sessionExists(ID, { HOME: home })).toBe(true);
  });
});

describe('sessions without a conversation', () => {
  test('a session has no conversation when Claude has never run here', async () => {
    const home = await temporaryFolder();
    expect(await sessionExists(ID, { HOME: home })).toBe(false);
    expect(await sessionExists(ID, { HOME: join(home, 'nowhere') })).toBe(false);
  });

  test('a session has no conversation when the file is empty: Claude was killed before its first message', async () => {
    const home = await temporaryFolder();
    await withConversation(join(home, '.claude'), '');
    expect(await sessionExists(ID, { HOME: home })).toBe(false);
  });

  test('a session has no conversation when only another has, or a folder has the name', async () => {
    const home = await temporaryFolder();
    await withConversation(join(home, '.claude'));
    expect(await sessionExists(ID.replace('8', '9'), { HOME: home })).toBe(false);
    await mkdir(join(home, '.claude', 'projects', '-work-shed', 'other.jsonl'));
    expect(await sessionExists('other', { HOME: home })).toBe(false);
  });
});

describe('messages in a conversation', () => {
  test('a conversation holds a message only when Claude has taken it in, not when a hook or an interruption came first', async () => {
    const home = await temporaryFolder();
    const id = '00000000-0000-4000-8000-aceb13a68904';
    const untold = [
      { type: 'queue-operation', operation: 'enqueue', content: `"type":"user","uuid":"${id}"` },
      { type: 'system', content: 'operation blocked by hook', uuid: id },
      { type: 'user', message: { content: '[Request interrupted by user]' }, uuid: 'its own' },
      { type: 'user', message: { content: id }, parentUuid: id, uuid: 'another' },
    ];
    const lines = untold.map((line) => `${JSON.stringify(line)}\n`).join('');
    await withConversation(join(home, '.claude'), lines);
    expect(await sessionExists(ID, { HOME: home })).toBe(true);
    expect(await sessionHasMessage(ID, [id], { HOME: home })).toBe(false);
    await withConversation(join(home, '.claude'), `${lines}not JSON\n{"type":"user","uuid":"${id}"}\n`);
    expect(await sessionHasMessage(ID, ['of another run', id], { HOME: home })).toBe(true);
    expect(await sessionHasMessage(ID, [], { HOME: home })).toBe(false);
    expect(await sessionHasMessage('another session', [id], { HOME: home })).toBe(false);
  });
});
