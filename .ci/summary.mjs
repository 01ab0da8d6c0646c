// Prints what the test run came to, the skipped ones by name; fails when nothing ran.
import { readFileSync } from 'node:fs';

const report = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const tests = report.testResults.flatMap((file) => file.assertionResults);
const count = (...statuses) => tests.filter(({ status }) => statuses.includes(status)).length;
// A file that could not even be loaded has no tests, and is a failure all the same.
const broken = report.testResults.filter(
  (file) => file.status === 'failed' && file.assertionResults.length === 0,
);

for (const { fullName, status } of tests) {
  if (status !== 'passed' && status !== 'failed') console.log(`skipped: ${fullName}`);
}
const passed = count('passed');
const failed = count('failed') + broken.length;
console.log(`${passed} passed, ${failed} failed, ${tests.length - count('passed', 'failed')} skipped`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
