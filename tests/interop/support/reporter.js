// Reports a run of node's test runner as `cargo test` does, so that one script can count both.

import { relative } from 'node:path';
import process from 'node:process';
import { inspect } from 'node:util';

/** What went wrong: the assertion or error itself, without the runner's own wrapping. */
function reason(error) {
  const cause = error?.cause ?? error;
  return cause?.stack ?? inspect(cause, { depth: 4 });
}

export default async function* report(events) {
  const counts = { passed: 0, failed: 0, ignored: 0 };
  const names = [];
  for await (const { type, data } of events) {
    if (type === 'test:start') names[data.nesting] = data.name;
    // An error after its test has ended fails the run, and is told nowhere else.
    if (type === 'test:diagnostic' && data.message.startsWith('Error:')) yield `${data.message}\n`;
    if (type === 'test:stdout') yield data.message;
    if (type !== 'test:pass' && type !== 'test:fail') continue;

    const failedTests = data.details?.error?.failureType === 'subtestsFailed';
    if (data.details?.type === 'suite' && (type === 'test:pass' || failedTests)) continue;
    const name = [...names.slice(0, data.nesting), data.name].join(' > ');
    if (type === 'test:fail') {
      counts.failed += 1;
      yield `test ${name} ... FAILED\n${reason(data.details.error)}\n`;
    } else if (data.skip !== undefined) {
      counts.ignored += 1;
      yield `test ${name} ... ignored, ${data.skip}\n`;
    } else {
      counts.passed += 1;
      yield `test ${name} ... ok (${Math.round(data.details.duration_ms)} ms)\n`;
    }
  }
  const file = process.argv[1] ? relative(process.cwd(), process.argv[1]) : 'interop';
  const verdict = counts.failed === 0 ? 'ok' : 'FAILED';
  yield `test result: ${verdict}. ${counts.passed} passed; ${counts.failed} failed; ${counts.ignored} ignored; in ${file}\n\n`;
}
