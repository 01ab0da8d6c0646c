import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { foreignDisk, syncedBy } from '../../src/machine/foreign-folder.ts';

test('the folder for temporary files is on a disk of this machine', async () => {
  const disk = await foreignDisk(tmpdir());
  // In some containers it is behind a program.
  expect(disk?.maybe ?? true).toBe(true);
});

test.for([
  ['OneDrive', 'OneDrive'],
  ['OneDrive - Example Ltd', 'OneDrive'],
  ['Dropbox (Personal)', 'Dropbox'],
  ['Mobile Documents/com~apple~CloudDocs', 'iCloud'],
  ['Library/CloudStorage/GoogleDrive-me@example.org', 'Google Drive'],
  ['Google Drive', 'Google Drive'],
  ['Nextcloud', 'a program for cloud storage'],
  ['onedrive-exporter', undefined],
  ['dropbox.js', undefined],
  ['projects', undefined],
] as const)('%s is copied by %s', ([name, by]) => {
  expect(syncedBy(join('/home/ann', ...name.split('/'), 'state'))).toBe(by);
});
