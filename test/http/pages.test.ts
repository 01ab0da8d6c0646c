/** Long texts over HTTP: page by page, with nothing left out. */
import { appendFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { endRun } from '../../src/bridge/end-run.ts';
import { evidenceFiles, runFiles, runsFolder } from '../../src/state-folder.ts';
import { begin, ending, send, supervised } from '../bridge/steps.ts';
import { check, leaseOf, measure, toVerify } from '../bridge/submitted.ts';
import type { Rig } from '../rig.ts';
import { type Serving, serve } from './server.ts';

const MB = 1024 * 1024;

/** Each page, by the links from one to the next. */
async function pagesFrom(api: Serving, path: string, token: string): Promise<string[]> {
  const pages: string[] = [];
  for (let next: string | undefined = path; next !== undefined; ) {
    const { status, text, headers } = await api.call(`GET ${next}`, { token });
    expect(status, text.slice(0, 200)).toBe(200);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MB);
    pages.push(text);
    next = /^<([^>]+)>; rel="next"$/.exec(`${headers.link}`)?.[1];
  }
  return pages;
}

/** A measured round whose patch, and whose only check's output, are these. */
async function measured(rig: Rig, patch: string | Buffer, output: string | Buffer, checkName = 'npm test') {
  const id = await toVerify(rig);
  const diff = {
    ...{ files: 2, insertions: 1, deletions: 0, binary: 0, patchBytes: patch.length, truncated: false },
    changes: ['a.txt', 'b.txt', 'c.txt'].map((path) => ({
      ...{ path, status: 'M' as const, insertions: 1, deletions: 0, binary: false, size: 1 },
    })),
  };
  await measure(rig, { diff, checks: [check({ name: checkName })], checksPassed: true });
  const run = rig.rowsOf('runs').at(-1)?.id ?? '';
  await mkdir(runsFolder(rig.home), { recursive: true });
  const files = evidenceFiles(rig.home, run);
  await writeFile(files.patch, patch);
  await writeFile(files.check(1), output);
  return { path: `/projects/${id}/rounds/1`, files };
}

const section = (name: string, text: string) =>
  `diff --git a/${name} b/${name}\n--- a/${name}\n+++ b/${name}\n@@ -0,0 +1 @@\n${text}`;
const LINES = Array.from({ length: 60_000 }, (_, at) => `+line ${at} äöü€😀 ${'x'.repeat(at % 50)}\n`).join(
  '',
);
const LONG_LINE = `+${'€😀ä'.repeat(300_000)}\n`;

test('a patch of many pages is read whole by its links, each page ending with a line', async () => {
  await using rig = await supervised();
  await using api = await serve(rig);
  const patch = section('a.txt', LINES) + section('b.txt', '+b\n');
  const { path } = await measured(rig, patch, '');
  const pages = await pagesFrom(api, `${path}/patch`, api.tokens.read);
  expect(pages.length).toBeGreaterThan(2);
  expect(pages.join('')).toBe(patch);
  expect(pages.filter((page) => !page.endsWith('\n'))).toEqual([]);
});

test('the patch of one file is read by its number, in pages of whole characters where a line is longer than one', async () => {
  await using rig = await supervised();
  await using api = await serve(rig);
  const patch = section('a.txt', '+a\n') + section('b.txt', LONG_LINE) + section('c.txt', '+c\n');
  const { path } = await measured(rig, patch, '');
  const pages = await pagesFrom(api, `${path}/diff/2`, api.tokens.read);
  expect(pages.length).toBeGreaterThan(2);
  expect(pages.join('')).toBe(section('b.txt', LONG_LINE));
  const first = await api.call(`GET ${path}/diff/1`, { token: api.tokens.read });
  expect([first.text, first.headers.link]).toEqual([section('a.txt', '+a\n'), undefined]);
  expect(first.headers['bridge-bytes']).toBe(String(first.text.length));
});

test('bytes of a patch that are no UTF-8 are answered as they are', async () => {
  await using rig = await supervised();
  await using api = await serve(rig);
  const patch = Buffer.concat([Buffer.from(section('a.txt', '+')), Buffer.from([0xff, 0xe2, 0x82, 0x0a])]);
  const { path } = await measured(rig, patch, '');
  const { headers } = await api.call(`GET ${path}/patch`, { token: api.tokens.read });
  expect(headers['content-length']).toBe(String(patch.length));
});

test('a file whose changes a patch that was cut does not hold is told so, and is not shown as empty', async () => {
  await using rig = await supervised();
  await using api = await serve(rig);
  const { path } = await measured(rig, section('a.txt', '+a\n'), '');
  const { status, json } = await api.call(`GET ${path}/diff/3`, { token: api.tokens.read });
  expect([status, json.code, json.detail]).toEqual([404, 'not-kept', expect.stringContaining('cut')]);
});

test('what a check printed is read page by page, whatever its name is', async () => {
  await using rig = await supervised();
  await using api = await serve(rig);
  const name = 'läuft / ? %2F';
  const { path, files } = await measured(rig, '', LINES, name);
  const url = `${path}/checks/${encodeURIComponent(name)}`;
  const pages = await pagesFrom(api, url, api.tokens.read);
  expect(pages.length).toBeGreaterThan(2);
  expect(pages.join('')).toBe(LINES);
  await rm(files.check(1));
  expect((await api.call(`GET ${url}`, { token: api.tokens.read })).json.code).toBe('not-kept');
});

test('a page beyond the end is empty and the last, and a position that is none is refused', async () => {
  await using rig = await supervised();
  await using api = await serve(rig);
  const { path } = await measured(rig, section('a.txt', '+a\n'), '');
  const beyond = await api.call(`GET ${path}/patch?after=999999999`, { token: api.tokens.read });
  expect([beyond.status, beyond.text, beyond.headers.link]).toEqual([200, '', undefined]);
  for (const after of ['-1', '1.5', 'x', '1e30'])
    expect((await api.call(`GET ${path}/patch?after=${after}`, { token: api.tokens.read })).status).toBe(422);
});

test('the raw output of a run is for admins, and while the run is under way there is always a next page', async () => {
  await using rig = await supervised();
  await using api = await serve(rig);
  await send(rig);
  const { run } = await begin(rig);
  const url = `/runs/${run.id}/raw`;
  const { admin: token, decide } = api.tokens;
  expect((await api.call(`GET ${url}`, { token: decide })).json.code).toBe('role-too-small');
  const early = await api.call(`GET ${url}`, { token });
  expect([early.status, early.text, early.headers.link]).toEqual([200, '', `<${url}?after=0>; rel="next"`]);

  await mkdir(runsFolder(rig.home), { recursive: true });
  const { output } = runFiles(rig.home, run.id);
  await appendFile(output, '{"a":1}\n');
  const some = await api.call(`GET ${url}`, { token });
  expect([some.text, some.headers['content-type']]).toEqual(['{"a":1}\n', 'application/x-ndjson']);
  const next = `${url}?after=8`;
  expect(some.headers.link).toBe(`<${next}>; rel="next"`);
  await appendFile(output, LINES);
  await endRun(leaseOf(rig), run, { kind: 'submitted' }, ending);
  expect((await pagesFrom(api, next, token)).join('')).toBe(LINES);
  await rm(output);
  expect((await api.call(`GET ${url}`, { token })).json.code).toBe('not-kept');
});
