/** The import of the Python bridge on the command line. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect } from 'vitest';
import { OUTPUTS } from '../../src/wire/schemas/outputs.ts';
import { type Rig, test } from './rig.ts';

const T = '2026-06-01T10:00:00+00:00';
const SCHEMA = `
CREATE TABLE projects (id TEXT PRIMARY KEY, title TEXT, status TEXT, workspace TEXT, created_at TEXT, updated_at TEXT);
CREATE TABLE updates (id INTEGER PRIMARY KEY, project_id TEXT, message TEXT, created_at TEXT);
CREATE TABLE completions (id INTEGER PRIMARY KEY, project_id TEXT, files_created TEXT, files_modified TEXT, summary TEXT,
  caveats TEXT, created_at TEXT);
CREATE TABLE approvals (id INTEGER PRIMARY KEY, project_id TEXT, decision TEXT, reason TEXT, created_at TEXT);
INSERT INTO projects VALUES ('abcabcabcab1', 'Wait' || char(27) || '[31m', 'pending', NULL, '${T}', '${T}');
INSERT INTO projects VALUES ('abcabcabcab2', 'Done', 'complete', NULL, '${T}', '${T}');
INSERT INTO updates VALUES (1, 'abcabcabcab2', 'half way', '${T}');`;

function pythonFolder(rig: Rig, name = 'python'): string {
  const folder = join(rig.root, name);
  mkdirSync(join(folder, 'plans'), { recursive: true });
  writeFileSync(join(folder, 'plans', 'abcabcabcab1.md'), '# Wait\n');
  const sqlite = new Sqlite(join(folder, 'bridge.db'));
  sqlite.exec(SCHEMA);
  sqlite.close();
  return join(folder, 'bridge.db');
}

describe('import of the Python bridge', () => {
  test('import shows what would come, takes it over, and says what waits for the person', async ({ rig }) => {
    const file = pythonFolder(rig);
    const counted = (verb: string) =>
      `2 projects ${verb}, with 1 update, 0 completions, 0 decisions; 0 of 2 are here already.`;
    const waiting = [
      '',
      'Nothing of them begins by itself. Waiting for you:',
      '  abcabcabcab1  “Wait”: imported: it waited in the queue there',
      '',
    ];
    const dry = await rig.run('import', file, '--dry-run');
    expect(dry.stdout.split('\n')).toEqual([
      counted('to import'),
      ...waiting,
      'Dry run: nothing was changed.',
      '',
    ]);
    const done = await rig.run('import', file);
    expect(done.stdout.split('\n')).toEqual([
      counted('imported'),
      ...waiting,
      'Next: bridge-supervisor retry abcabcabcab1, or cancel it',
      '',
    ]);
    const json = JSON.parse((await rig.run('import', file, '--json')).stdout);
    expect(OUTPUTS.import.parse(json)).toMatchObject({
      kind: 'python-bridge',
      projects: [
        { project_id: 'abcabcabcab1', change: 'here', status: 'attention' },
        { project_id: 'abcabcabcab2', change: 'here', status: 'complete' },
      ],
    });
    const shown = await rig.run('show', 'abcabcabcab2', '--json');
    expect(OUTPUTS.show.parse(JSON.parse(shown.stdout))).toMatchObject({
      project: { status: 'complete' },
      updates: [{ message: 'half way' }],
    });
    const list = await rig.run('list');
    expect(list.stdout).toContain('Wait');
  });

  test('a command in the state folder of the Python bridge says how to take it over', async ({ rig }) => {
    const file = pythonFolder(rig, 'claude-bridge');
    const refused = await rig.runWith({ env: { BRIDGE_HOME: join(rig.root, 'claude-bridge') } }, 'list');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(`${file}: this is the database of the Python bridge.`);
    expect(refused.stderr).toContain(`import ${join(rig.root, 'claude-bridge-python', 'bridge.db')}`);
  });

  test('a store of our own is not imported: restore is named instead', async ({ rig }) => {
    await rig.bridge;
    const refused = await rig.run('import', join(rig.home, 'bridge.db'));
    expect(refused.stderr).toContain('is a store of bridge-supervisor itself');
    expect(refused.code).toBe(1);
  });
});
