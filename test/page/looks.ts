/** How a page looks: at every width and in both colours, what slides sideways or breaks a rule of access; and a picture. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { overflow } from './browser.ts';

/** What is wrong with what the page shows, once it shows these words; nothing, at best. */
export async function faultsIn(page: Page, words: string, name = words): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const)
    for (const width of [320, 360, 768, 1440]) {
      // Half of a change of colours is no look.
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height: 800 });
      await page.getByText(words).or(page.getByPlaceholder(words)).first().waitFor();
      const where = `${width} in ${colorScheme}`;
      await keepLook(page, `${name}-${width}-${colorScheme}`);
      // The page is laid out a moment after its window has another width.
      const fits = await expect
        .poll(() => overflow(page))
        .toBeLessThanOrEqual(0)
        .then(
          () => true,
          () => false,
        );
      if (!fits) found.push(`${where}: slides sideways by ${await overflow(page)}`);
      if (width === 320 || width === 1440)
        found.push(...(await violations(page)).map((what) => `${where}: ${what}`));
    }
  return found;
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
  }[];
}

/** What axe-core finds wrong, with the elements. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const result = await page.evaluate<AxeResult>(
    "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })",
  );
  return result.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}: ${nodes[0]?.failureSummary}`);
}

/** Keeps a picture for a person to look at, where the environment says so. */
async function keepLook(page: Page, name: string): Promise<void> {
  const folder = process.env.LOOKS_FOLDER;
  if (!folder) return;
  const file = `${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}.png`;
  await page.screenshot({ path: join(folder, file), fullPage: true });
}
