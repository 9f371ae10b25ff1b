// Prints the totals of a run of vitest as one plain line, from the file that its JSON reporter wrote.
// Exits with 1 when a test or a whole file failed, or when nothing ran. Plain JavaScript: CI calls it with an old Node.

import { readFileSync } from 'node:fs'

const [path = ''] = process.argv.slice(2)

/** @type {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number, success: boolean,
 *   testResults: { status: string, assertionResults: unknown[] }[] } | undefined} */
let results
try {
  results = JSON.parse(readFileSync(path, 'utf8'))
} catch (error) {
  process.stderr.write(`no results of the tests: ${error instanceof Error ? error.message : String(error)}\n`)
}

const passed = results?.numPassedTests ?? 0
const skipped = (results?.numPendingTests ?? 0) + (results?.numTodoTests ?? 0)
// A file that cannot even be loaded has no tests to fail, so it counts as one.
const broken =
  results?.testResults.filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0).length ?? 1
const failed = (results?.numFailedTests ?? 0) + broken

process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`)
process.exitCode = failed === 0 && passed > 0 && results?.success === true ? 0 : 1
