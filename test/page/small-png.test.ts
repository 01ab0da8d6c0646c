/** The pictures of README.md are made small. */
import { expect } from 'vitest';
import { smallPng } from '../../scripts/small-png.ts';
import { inBrowser, openPage, useBrowser } from './browser.ts';

useBrowser();

const LOOK = `<body style="margin:0;background:#f6f6f2"><h1 style="color:#123">Checks passed</h1>
<i style="display:block;width:9px;height:9px;background:#2a9d5c"></i><b style="color:#b00">−12</b></body>`;

inBrowser(
  'a picture with a palette has the colours of its original, also the rare ones, in fewer bytes',
  async () => {
    await using it = await openPage({ viewport: { width: 320, height: 200 } });
    const { page } = it;
    await page.setContent(LOOK);
    const original = await page.screenshot();
    const small = smallPng(original);
    expect(small.length).toBeLessThan(original.length);
    const worst = await page.evaluate<number>(`(async () => {
    const pixelsOf = async (base64) => {
      const image = new Image();
      image.src = 'data:image/png;base64,' + base64;
      await image.decode();
      const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d');
      canvas.drawImage(image, 0, 0);
      return canvas.getImageData(0, 0, image.width, image.height).data;
    };
    const [before, after] = await Promise.all(${JSON.stringify([original, small].map((png) => png.toString('base64')))}.map(pixelsOf));
    return before.length === after.length ? before.reduce((worst, value, at) => Math.max(worst, Math.abs(value - after[at])), 0) : Infinity;
  })()`);
    expect(worst).toBeLessThanOrEqual(24);
  },
);
