/** Channels on the page: what is unread, what comes, writing, clearing, and nobody who does not use them. */
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { clearChannel } from '../../src/bridge/clear-channel.ts';
import { tidyChannels } from '../../src/bridge/tidy-channels.ts';
import type { Rig } from '../rig.ts';
import { inBrowser, overflow, useBrowser } from './browser.ts';
import { createStage, PHONE } from './stage.ts';
import { said } from './stories.ts';

useBrowser();

const WIDE = { viewport: { width: 1440, height: 900 } } as const;
const C = 'demo:worker';

const write = (rig: Rig, content: string, channel = C) => said(rig, channel, 'mac', content);

const texts = (page: Page, selector: string) => page.locator(selector).allTextContents();

inBrowser('who does not use channels is shown none, until somebody writes into one', async () => {
  await using stage = await createStage();
  await using it = await stage.open('#/');
  const tab = it.page.getByRole('link', { name: 'Channels' });
  await expect.poll(() => tab.count()).toBe(0);
  await write(stage.rig, 'first');
  await tab.waitFor();
  await clearChannel(stage.rig.bridge, C, 'person');
  await tab.waitFor({ state: 'detached' });
});

inBrowser('a channel shows what comes, says where the person has read to, and remembers it', async () => {
  await using stage = await createStage();
  await write(stage.rig, 'one');
  await write(stage.rig, 'elsewhere', 'plain');
  await using it = await stage.open('#/', WIDE);
  const { page } = it;
  await page.evaluate(`location.hash = '#/channels/${encodeURIComponent(C)}'`);
  await page.locator('.message').getByText('one').waitFor();
  expect(await texts(page, '.read-to')).toEqual([]);
  await page.evaluate("location.hash = '#/channels/plain'");
  await page.locator('.message').getByText('elsewhere').waitFor();
  await write(stage.rig, 'two');
  await write(stage.rig, 'three');
  await page.getByText('2 new').waitFor();
  await page.getByRole('link', { name: /worker/ }).click();
  await page.locator('.message').getByText('three').waitFor();
  expect(await texts(page, '.messages > li:has(.read-to) .message-words')).toEqual(['one']);
  await page.getByText('2 new').waitFor({ state: 'detached' });
  await write(stage.rig, 'four');
  await page.locator('.message').getByText('four').waitFor();
  expect(await texts(page, '.message-words')).toEqual(['one', 'two', 'three', 'four']);
  expect(await texts(page, '.messages > li:has(.read-to) .message-words')).toEqual(['one']);
  await expect
    .poll(() => stage.rig.rowsOf('readers').map(({ reader, channel, number }) => [reader, channel, number]))
    .toContainEqual(['page: phone', C, 5]);
});

inBrowser('what has aged out of the channels leaves the page, too', async () => {
  await using stage = await createStage();
  await write(stage.rig, 'forgotten', 'shop:old');
  for (const content of ['one', 'two', 'three']) await write(stage.rig, content);
  await using it = await stage.open(`#/channels/${encodeURIComponent(C)}`, WIDE);
  const { page } = it;
  await page.locator('.message').getByText('three').waitFor();
  await page.getByRole('link', { name: /^old/ }).waitFor();
  await tidyChannels(stage.rig.bridge, { keepDays: 0, keepMessages: 2, keepMb: 0 });
  await expect.poll(() => texts(page, '.message-words')).toEqual(['two', 'three']);
  await page.getByRole('link', { name: /^old/ }).waitFor({ state: 'detached' });
});

inBrowser('a person is told on the page how many messages aged out before they read them', async () => {
  await using stage = await createStage();
  await write(stage.rig, 'one');
  await write(stage.rig, 'elsewhere', 'plain');
  await using it = await stage.open(`#/channels/${encodeURIComponent(C)}`, WIDE);
  const { page } = it;
  await expect.poll(() => stage.rig.rowsOf('readers').length).toBe(1);
  await page.evaluate("location.hash = '#/channels/plain'");
  await page.locator('.message').getByText('elsewhere').waitFor();
  for (const content of ['two', 'three', 'four', 'five']) await write(stage.rig, content);
  await tidyChannels(stage.rig.bridge, { keepDays: 0, keepMessages: 2, keepMb: 0 });
  await write(stage.rig, 'six');
  await page.getByText('· 2 aged out unread').waitFor();
  await page.getByRole('link', { name: /worker/ }).click();
  await page.getByText('2 messages aged out before you read them.').waitFor();
  await page.getByText('· 2 aged out unread').waitFor({ state: 'detached' });
  expect(await texts(page, '.message-words')).toEqual(['four', 'five', 'six']);
  expect(await page.getByText('2 messages aged out before you read them.').count()).toBe(1);
});

inBrowser('JSON is set in lines, and a text is shown with what hides in it', async () => {
  await using stage = await createStage();
  await write(stage.rig, '{"task":"t","n":42,"evil":"<img src=x onerror=window.pwned=1>\u202e"}');
  const plain = await write(stage.rig, 'all\u202ewell <script>window.pwned=2</script>');
  await using it = await stage.open(`#/channels/${encodeURIComponent(C)}`, WIDE);
  const { page } = it;
  await page.getByRole('link', { name: /JSON/ }).click();
  const message = page.getByLabel('Message', { exact: true }).locator('pre');
  await message.getByText('"task"').waitFor();
  expect(await message.textContent()).toContain('  "n": 42,\n');
  expect(await message.textContent()).toContain('U+202E');
  await page.evaluate(`location.hash = '#/channels/${encodeURIComponent(C)}/${plain}'`);
  await message.getByText('all').waitFor();
  expect(await message.textContent()).toBe('allU+202Ewell <script>window.pwned=2</script>');
  expect(await page.evaluate('window.pwned')).toBeUndefined();
});

inBrowser(
  'a message is sent once under the name that was chosen, and the words stay when it is refused',
  async () => {
    await using stage = await createStage();
    await write(stage.rig, 'next?');
    await using it = await stage.open(`#/channels/${encodeURIComponent(C)}`, { ...PHONE, role: 'decide' });
    const { page } = it;
    await page.getByLabel('Send as').fill('mac\u0007');
    await page.getByRole('textbox', { name: 'Message' }).fill('on it');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByRole('alert').getByText('sender').waitFor();
    expect(await page.getByRole('textbox', { name: 'Message' }).inputValue()).toBe('on it');
    await page.getByLabel('Send as').fill('windows');
    await page.getByRole('textbox', { name: 'Message' }).press('Control+Enter');
    await page.locator('.message').getByText('on it').waitFor();
    expect(stage.rig.rowsOf('channel_messages').map(({ sender, content }) => [sender, content])).toEqual([
      ['mac', 'next?'],
      ['windows', 'on it'],
    ]);
    await expect.poll(() => page.getByRole('button', { name: 'Clear channel…' }).count()).toBe(0);
  },
);

inBrowser('a channel is cleared only after a second question, and by who may', async () => {
  await using stage = await createStage();
  await write(stage.rig, 'old');
  await write(stage.rig, 'kept', 'plain');
  await using it = await stage.open(`#/channels/${encodeURIComponent(C)}`, WIDE);
  const { page } = it;
  await page.getByRole('button', { name: 'Clear channel…' }).click();
  expect(stage.rig.rowsOf('channel_messages')).toHaveLength(2);
  await page.getByRole('dialog').getByRole('button', { name: 'Clear channel' }).click();
  await page.getByText('There is no message in it.').waitFor();
  expect(stage.rig.rowsOf('channel_messages')).toHaveLength(1);
  expect(stage.rig.rowsOf('events').at(-1)).toMatchObject({
    type: 'channel.cleared',
    actor: 'person: phone',
  });
});

inBrowser('a new channel is opened by the first message, from an empty page too', async () => {
  await using stage = await createStage();
  await using it = await stage.open('#/channels', WIDE);
  const { page } = it;
  await page.getByText('setup --toolset channels').waitFor();
  await page.getByRole('button', { name: 'New channel…' }).click();
  await page.getByLabel('Name;').fill('shop:a/b');
  await page.getByRole('dialog').getByRole('textbox', { name: 'Message' }).fill('hello');
  await page.getByRole('dialog').getByRole('button', { name: 'Send' }).click();
  await page.getByRole('heading', { name: 'shop:a/b', exact: true }).waitFor();
  await page.locator('.message').getByText('hello').waitFor();
});

inBrowser('a phone shows one part at a time, and goes back', async () => {
  await using stage = await createStage();
  const id = await write(stage.rig, '{"a":1}');
  await using it = await stage.open('#/channels', { ...PHONE, role: 'read' });
  const { page } = it;
  await page.getByRole('link', { name: /worker/ }).click();
  await page.locator('.message').waitFor();
  await expect.poll(() => page.getByLabel('Filter channels').count()).toBe(0);
  await page.locator('.message').click();
  await page.getByRole('heading', { name: /#1 mac/ }).waitFor();
  await page.getByText('"a"').waitFor();
  await expect.poll(() => page.locator('.message').count()).toBe(0);
  expect(await page.evaluate('location.hash')).toBe(`#/channels/${encodeURIComponent(C)}/${id}`);
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  await page.getByLabel('Channels', { exact: true }).getByRole('link', { name: 'All' }).click();
  await page.getByLabel('Filter channels').fill('nothing');
  await page.getByText('No channel is called so.').waitFor();
  // Who may only read acknowledges nothing, and writes nothing.
  expect(stage.rig.rowsOf('readers')).toEqual([]);
  await expect.poll(() => page.getByRole('button', { name: 'Send' }).count()).toBe(0);
});

inBrowser('the keys reach channels, their filter, the messages and what is written', async () => {
  await using stage = await createStage();
  await write(stage.rig, 'one');
  await using it = await stage.open('#/', WIDE);
  const { page } = it;
  await page.getByRole('link', { name: 'Channels' }).waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('n');
  await page.locator('.message').waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('worker');
  expect(await page.getByLabel('Filter channels').inputValue()).toBe('worker');
  await page.locator('.message').focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: /#1 mac/ }).waitFor();
  await page.keyboard.press('s');
  await page.keyboard.type('typed');
  expect(await page.getByRole('textbox', { name: 'Message' }).inputValue()).toBe('typed');
});
