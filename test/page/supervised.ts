/** A browser that is signed in at the supervisor of a rig: processes as they run for a person. */
import { expect } from 'vitest';
import { type Rig, test } from '../cli/rig.ts';
import { eventually } from '../eventually.ts';
import { openPage, type Watched, withBrowser } from './browser.ts';

/** A test of the built program with a browser; left out, by its name, where there is none. */
export const withSupervisor = test.skipIf(!withBrowser);

/** Starts the supervisor; it serves the page at this port when this resolves. */
export async function startSupervisor(rig: Rig, port: number): Promise<ReturnType<Rig['start']>> {
  await rig.configure({ http: { enabled: true, port } });
  const supervisor = rig.start({}, 'run');
  await eventually(async () => {
    expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200);
  });
  return supervisor;
}

/** A browser at this place of the page, signed in by the link that the command line prints. */
export async function openSignedIn(rig: Rig, place: string): Promise<Watched> {
  const { stdout } = await rig.run('dashboard', '--print');
  const watched = await openPage();
  await watched.page.goto(stdout.trim());
  await watched.page.locator('.live-live').waitFor();
  await watched.page.evaluate(`location.hash = ${JSON.stringify(place)}`);
  return watched;
}
