// The package.json of the packed package: without scripts, which have nothing to work on there. npm warns everybody who
// installs a package with a `prepare`. Run by `npm pack` and `npm publish`: `strip` before, `restore` after.
import { copyFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const manifest = fileURLToPath(new URL('../package.json', import.meta.url));
const original = `${manifest}.unpacked`;
const OF_A_CHECKOUT = ['scripts', 'devDependencies', 'allowScripts'];

// What a pack that was cut off left behind is restored in any case.
if (existsSync(original)) renameSync(original, manifest);
if (process.argv[2] === 'strip') {
  copyFileSync(manifest, original);
  const whole = JSON.parse(readFileSync(manifest, 'utf8'));
  const kept = Object.entries(whole).filter(([key]) => !OF_A_CHECKOUT.includes(key));
  writeFileSync(manifest, `${JSON.stringify(Object.fromEntries(kept), null, 2)}\n`);
}
