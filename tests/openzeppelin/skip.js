// Tests that are not for us are skipped: those that call what is internal in Solidity, and those of gas.

let test;

/** Skips the test that runs. */
export function skip() {
  return test.ctx.runnable().skip();
}

// Absent where the chain is configured and no test runs.
globalThis.beforeEach?.(function () {
  test = this.currentTest;
  if (/uses less than 30k/.test(test.title)) this.skip();
});
