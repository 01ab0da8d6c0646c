// Prints what CHANGELOG.md says of the version that a tag names: the notes of its release. Fails in one line when the tag
// is not the version of package.json, or the changelog says nothing of it. Usage: node release-notes.mjs TAG
import { readFileSync } from 'node:fs';

const read = (file) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
const { version } = JSON.parse(read('package.json'));
const [tag = ''] = process.argv.slice(2);

if (tag !== `v${version}`) fail(`the tag '${tag}' is not v${version}, the version in package.json`);
const notes = sectionOf(read('CHANGELOG.md'), version);
if (notes === '')
  fail(
    `CHANGELOG.md says nothing of ${version}: move what is under Unreleased below '## [${version}] - DATE'`,
  );
console.log(notes);

/** What stands below the heading of the version, without the addresses that may end the file. */
function sectionOf(changelog, wanted) {
  const [, ...sections] = changelog.split(/^## /m);
  const [, ...lines] = sections.find((section) => section.startsWith(`[${wanted}]`))?.split('\n') ?? [''];
  return lines
    .filter((line) => !/^\[[^\]]+\]: /.test(line))
    .join('\n')
    .trim();
}

function fail(message) {
  console.error(`release-notes: ${message}.`);
  process.exit(1);
}
