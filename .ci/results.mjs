// A reporter of vitest: writes what became of each test, as JSON, to the file that TEST_RESULTS names.
// vitest's own JSON says neither that a test needed a second try, nor why it was skipped while it ran.
import { writeFileSync } from 'node:fs';

export default class Results {
  onTestRunEnd(modules, unhandledErrors) {
    const results = [...modules.flatMap(resultsOf), ...unhandledErrors.map(unhandled)];
    writeFileSync(process.env.TEST_RESULTS, JSON.stringify(results));
  }
}

function resultsOf(module) {
  const file = module.relativeModuleId;
  const tests = [...module.children.allTests()].map((test) => ({
    file,
    name: test.fullName,
    // A test that was still pending when all was over belongs to a worker that died.
    state: test.result().state === 'pending' ? 'failed' : test.result().state,
    reason: test.result().note,
    flaky: test.diagnostic()?.flaky ?? false,
    ms: Math.round(test.diagnostic()?.duration ?? 0),
  }));
  // What failed outside of any test: a file that could not be loaded, a hook, a worker that died.
  const around = [module, ...module.children.allSuites()]
    .filter((one) => one.errors().length > 0 || one.state() === 'pending' || one.state() === 'queued')
    .map((one) => ({ file, name: one.fullName ?? 'the file itself', state: 'failed' }));
  return [...tests, ...around];
}

function unhandled(error) {
  return { file: 'no file', name: `unhandled error: ${error.message}`, state: 'failed' };
}
