/** The projects of the Python bridge, taken over from files as that program leaves them. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { retry } from '../../src/bridge/control.ts';
import { finishApproved } from '../../src/bridge/finish.ts';
import { importProjects } from '../../src/bridge/import-projects.ts';
import { databaseOf } from '../../src/bridge/open-bridge.ts';
import { approve } from '../../src/bridge/reviews.ts';
import { asProjectId } from '../../src/project/ids.ts';
import { readyProjects } from '../../src/store/queue.ts';
import { openSqlite } from '../../src/store/sqlite/open-sqlite.ts';
import { readPythonBridge } from '../../src/store/sqlite/python-bridge-file.ts';
import type { Rig } from '../rig.ts';
import { accepted, policyOf, start, supervised, TOKEN } from './steps.ts';

const SCHEMA = `
CREATE TABLE projects (id TEXT PRIMARY KEY, title TEXT NOT NULL, status TEXT NOT NULL, workspace TEXT,
  created_at TEXT NOT NULL, updated_at TEXT NOT NULL);
CREATE TABLE updates (id INTEGER PRIMARY KEY AUTOINCREMENT, project_id TEXT NOT NULL REFERENCES projects (id),
  message TEXT NOT NULL, created_at TEXT NOT NULL);
CREATE TABLE completions (id INTEGER PRIMARY KEY AUTOINCREMENT, project_id TEXT NOT NULL REFERENCES projects (id),
  files_created TEXT NOT NULL, files_modified TEXT NOT NULL, summary TEXT NOT NULL, caveats TEXT, created_at TEXT NOT NULL);
CREATE TABLE approvals (id INTEGER PRIMARY KEY AUTOINCREMENT, project_id TEXT NOT NULL REFERENCES projects (id),
  decision TEXT NOT NULL, reason TEXT, created_at TEXT NOT NULL);`;

const T = (minute: number) => `2026-06-01T10:0${minute}:00.000000+00:00`;
const ours = (minute: number) => `2026-06-01T10:0${minute}:00.000Z`;

/** One project in each status, with what leads there. */
const ROWS = (workspace: string) => `
INSERT INTO projects VALUES ('aaaaaaaaaaa1', 'Waits', 'pending', '${workspace}', '${T(0)}', '${T(0)}');
INSERT INTO projects VALUES ('aaaaaaaaaaa2', 'Under way', 'in_progress', '${workspace}', '${T(0)}', '${T(1)}');
INSERT INTO projects VALUES ('aaaaaaaaaaa3', 'Submitted', 'awaiting_approval', '${workspace}', '${T(0)}', '${T(2)}');
INSERT INTO projects VALUES ('aaaaaaaaaaa4', 'Refused', 'rejected', '${workspace}', '${T(0)}', '${T(3)}');
INSERT INTO projects VALUES ('aaaaaaaaaaa5', 'Agreed', 'approved', '${workspace}', '${T(0)}', '${T(3)}');
INSERT INTO projects VALUES ('aaaaaaaaaaa6', 'Done', 'complete', '${workspace}', '${T(0)}', '${T(4)}');
INSERT INTO updates (project_id, message, created_at) VALUES ('aaaaaaaaaaa2', 'half way', '${T(1)}');
INSERT INTO updates (project_id, message, created_at) VALUES ('aaaaaaaaaaa2', 'half way', '${T(1)}');
INSERT INTO completions VALUES (1, 'aaaaaaaaaaa3', '["a.ts"]', '["b.ts","c.ts"]', 'It ticks.', 'none', '${T(2)}');
INSERT INTO completions VALUES (2, 'aaaaaaaaaaa4', '[]', '[]', 'It tocks.', NULL, '${T(2)}');
INSERT INTO approvals VALUES (1, 'aaaaaaaaaaa4', 'rejected', 'too loud', '${T(3)}');
INSERT INTO completions VALUES (3, 'aaaaaaaaaaa6', '[]', '[]', 'first', '', '${T(1)}');
INSERT INTO approvals VALUES (2, 'aaaaaaaaaaa6', 'rejected', 'again', '${T(2)}');
INSERT INTO completions VALUES (4, 'aaaaaaaaaaa6', '[]', '[]', 'second', '', '${T(3)}');
INSERT INTO approvals VALUES (3, 'aaaaaaaaaaa6', 'approved', NULL, '${T(4)}');`;

function fileWith(rig: Rig, sql: string, schema = SCHEMA): string {
  const folder = join(rig.workspace, 'python');
  mkdirSync(join(folder, 'plans'), { recursive: true });
  for (let number = 1; number <= 6; number += 1)
    writeFileSync(join(folder, 'plans', `aaaaaaaaaaa${number}.md`), `# Plan ${number}\n`);
  const file = join(folder, 'bridge.db');
  change(file, schema + sql);
  return file;
}

function change(file: string, sql: string): void {
  const sqlite = new Sqlite(file);
  // As Python's driver has them.
  sqlite.pragma('foreign_keys = OFF');
  sqlite.exec(sql);
  sqlite.close();
}

async function imported(rig: Rig, file: string, isDry = false) {
  const read = readPythonBridge(file);
  if (!read) throw new Error(`${file} is not recognised`);
  const projects = await importProjects(rig.bridge, read.projects, policyOf(rig), {}, isDry);
  return { projects, notUnderstood: read.notUnderstood };
}

const id = (number: number) => asProjectId(`aaaaaaaaaaa${number}`);
const project = (rig: Rig, number: number) => rig.rowsOf('projects').find((row) => row.id === id(number));

describe('import of the Python bridge', () => {
  test('projects come with plan, record, times and one event each, and in a status from which nothing begins', async () => {
    await using rig = await supervised();
    const { projects, notUnderstood } = await imported(rig, fileWith(rig, ROWS(rig.workspace)));
    expect(notUnderstood).toEqual([]);
    expect(projects.map(({ was, status, change }) => [was, status, change])).toEqual([
      ['pending', 'attention', 'added'],
      ['in_progress', 'attention', 'added'],
      ['awaiting_approval', 'awaiting_approval', 'added'],
      ['rejected', 'attention', 'added'],
      ['approved', 'complete', 'added'],
      ['complete', 'complete', 'added'],
    ]);
    expect(rig.rowsOf('plans').map(({ markdown }) => markdown)).toContain('# Plan 4\n');
    expect(rig.rowsOf('updates').map(({ message, created_at }) => [message, created_at])).toEqual([
      ['half way', ours(1)],
      ['half way', ours(1)],
    ]);
    const done = rig.rowsOf('completions').filter(({ project_id }) => project_id === id(6));
    expect(done.map(({ round, summary }) => [round, summary])).toEqual([
      [1, 'first'],
      [2, 'second'],
    ]);
    expect(rig.rowsOf('completions')[0]).toMatchObject({
      files_modified: '["b.ts","c.ts"]',
      caveats: 'none',
    });
    expect(
      rig.rowsOf('approvals').map(({ round, verdict, created_at }) => [round, verdict, created_at]),
    ).toEqual([
      [1, 'rejected', ours(3)],
      [1, 'rejected', ours(2)],
      [2, 'approved', ours(4)],
    ]);
    expect(project(rig, 6)).toMatchObject({ created_at: ours(0), updated_at: ours(4), round: 2 });
    expect(
      rig
        .rowsOf('events')
        .slice(1)
        .map(({ type }) => type),
    ).toEqual(Array(6).fill('project.imported'));
    const now = rig.clock.now().toISOString();
    expect(await readyProjects(databaseOf(rig.bridge).read, rig.bridge.machineId, now, 9)).toEqual([]);
    expect(await start(rig)).toBeUndefined();
  });

  test('a retry goes on: a rejected project with the reason, one that waited with its plan', async () => {
    await using rig = await supervised();
    await imported(rig, fileWith(rig, ROWS(rig.workspace)));
    accepted(await retry(rig.bridge, id(4), 'person'));
    const revised = await start(rig);
    expect(revised).toMatchObject({
      project: { id: id(4), round: 2, workspace: rig.workspace, isolation: 'in_place' },
      run: { kind: 'revise' },
      briefing: { reason: 'too loud', markdown: '# Plan 4\n' },
    });
  });

  test('submitted work can be approved, and then is complete without a run', async () => {
    await using rig = await supervised();
    await imported(rig, fileWith(rig, ROWS(rig.workspace)));
    accepted(await approve(rig.bridge, id(3), 'person'));
    await start(rig);
    await finishApproved({ bridge: rig.bridge, token: TOKEN });
    expect(project(rig, 3)?.status).toBe('complete');
    expect(rig.rowsOf('runs')).toEqual([]);
  });

  test('a second import adds only what is new, and leaves alone what has gone on here', async () => {
    await using rig = await supervised();
    const file = fileWith(rig, ROWS(rig.workspace));
    await imported(rig, file);
    accepted(await retry(rig.bridge, id(1), 'person'));
    change(
      file,
      `INSERT INTO updates (project_id, message, created_at) VALUES ('aaaaaaaaaaa2', 'done', '${T(5)}');
       UPDATE projects SET status = 'awaiting_approval' WHERE id = 'aaaaaaaaaaa2';
       UPDATE projects SET status = 'complete' WHERE id = 'aaaaaaaaaaa1';
       INSERT INTO completions VALUES (9, 'aaaaaaaaaaa2', '[]', '[]', 'It runs.', '', '${T(6)}');`,
    );
    const again = await imported(rig, file);
    expect(again.projects.map(({ change, updates, completions }) => [change, updates, completions])).toEqual([
      ['gone_on', 0, 0],
      ['continued', 1, 1],
      ['here', 0, 0],
      ['here', 0, 0],
      ['here', 0, 0],
      ['here', 0, 0],
    ]);
    expect(project(rig, 1)?.status).toBe('pending');
    expect(project(rig, 2)).toMatchObject({ status: 'awaiting_approval', attention: null });
    const before = rig.rowsOf('events').length;
    await imported(rig, file);
    expect(rig.rowsOf('events')).toHaveLength(before);
    expect(rig.rowsOf('updates')).toHaveLength(3);
  });

  test('a dry run tells the same, and changes nothing, neither here nor there', async () => {
    await using rig = await supervised();
    const file = fileWith(rig, ROWS(rig.workspace));
    const before = readFileSync(file);
    const dry = await imported(rig, file, true);
    expect(rig.rowsOf('projects')).toEqual([]);
    expect(readdirSync(rig.home)).not.toContain('plans');
    expect(readFileSync(file)).toEqual(before);
    expect(await imported(rig, file)).toEqual(dry);
  });

  test('what the other program has not written back from its log is imported, too', async () => {
    await using rig = await supervised();
    const file = fileWith(rig, '');
    const writer = openSqlite(file, {});
    writer.pragma('journal_mode = WAL');
    writer.pragma('wal_autocheckpoint = 0');
    writer.exec(ROWS(rig.workspace));
    const before = readFileSync(file);
    expect((await imported(rig, file)).projects).toHaveLength(6);
    expect(readFileSync(file)).toEqual(before);
    writer.close();
  });

  test('columns, tables, verdicts and owners that are not understood are counted', async () => {
    await using rig = await supervised();
    const file = fileWith(
      rig,
      `ALTER TABLE projects ADD COLUMN "co""lour" TEXT; ALTER TABLE projects ADD COLUMN empty TEXT;
       INSERT INTO projects VALUES ('aaaaaaaaaaa1', 'A', 'pending', NULL, 'never', '${T(0)}', 'red', NULL);
       INSERT INTO approvals VALUES (1, 'aaaaaaaaaaa1', 'constructor', '', '${T(0)}');
       INSERT INTO updates (project_id, message, created_at) VALUES ('gone', 'x', '${T(0)}');
       CREATE TABLE sessions (id TEXT); INSERT INTO sessions VALUES ('s');`,
    );
    expect((await imported(rig, file)).notUnderstood).toEqual([
      'projects.co"lour (1)',
      'updates of a project that is not there (1)',
      'rows of sessions (1)',
      'times that are none (1)',
      'approvals without a verdict (1)',
    ]);
    expect(project(rig, 1)?.created_at).toBe(ours(0));
  });

  test('hostile texts arrive cleaned and bounded, and an id that is none of ours names no file', async () => {
    await using rig = await supervised();
    const file = fileWith(rig, '');
    const sqlite = new Sqlite(file);
    const add = sqlite.prepare('INSERT INTO projects VALUES (?, ?, ?, ?, ?, ?)');
    add.run(
      '../../etc/passwd',
      `\u001b[31mRed\u202e${'x'.repeat(500)}`,
      'pen\nding',
      '/no/such',
      '1719828000.5',
      '',
    );
    sqlite.prepare("INSERT INTO updates VALUES (1, '../../etc/passwd', ?, '')").run('y'.repeat(30_000));
    sqlite.close();
    const { projects } = await imported(rig, file);
    expect(projects).toMatchObject([{ was: 'pen ding', shortened: 2, change: 'added' }]);
    const [row] = rig.rowsOf('projects');
    expect(row?.id).toMatch(/^[0-9a-f]{12}$/);
    expect(row?.title).toMatch(/^Redx{196}…$/);
    expect(row?.created_at).toBe('2024-07-01T10:00:00.500Z');
    expect(row?.attention).toMatch(/status there was “pen ding”.*plan was not found.*unknown workspace/);
    expect(rig.rowsOf('updates')[0]?.message).toHaveLength(20_000);
    expect((await imported(rig, file)).projects).toMatchObject([{ change: 'here' }]);
  });

  test('an open project in a folder that the owner does not allow goes there only once it is allowed', async () => {
    await using rig = await supervised();
    const folder = join(rig.workspace, 'shop');
    mkdirSync(folder);
    const none = { workspaces: {}, workspace_roots: [] };
    const read = readPythonBridge(fileWith(rig, ROWS(folder)));
    const done = await importProjects(rig.bridge, read?.projects ?? [], none, {}, false);
    expect(done[1]?.attention).toContain('its folder cannot be used: unknown workspace');
    accepted(await retry(rig.bridge, id(2), 'person'));
    expect(await start(rig, { policy: none })).toBeUndefined();
    expect(project(rig, 2)?.status).toBe('attention');
    accepted(await retry(rig.bridge, id(2), 'person'));
    expect(await start(rig, { policy: policyOf(rig) })).toMatchObject({
      project: { id: id(2), workspace: folder, isolation: 'in_place' },
    });
  });

  test('a project whose id is that of another one here is told, and left out', async () => {
    await using rig = await supervised();
    const file = fileWith(rig, ROWS(rig.workspace));
    await imported(rig, file);
    rig.tamper("UPDATE events SET type = 'project.sent' WHERE project_id = ?", id(5));
    const again = await imported(rig, file);
    expect(again.projects[4]).toMatchObject({ change: 'taken', status: null });
  });

  test('a store of our own, a folder and a file of another kind are not taken for one', async () => {
    await using rig = await supervised();
    expect(readPythonBridge(join(rig.home, 'bridge.db'))).toBeUndefined();
    expect(readPythonBridge(rig.home)).toBeUndefined();
    const text = join(rig.workspace, 'bridge.db');
    writeFileSync(text, 'hello '.repeat(1_000));
    expect(readPythonBridge(text)).toBeUndefined();
  });
});
