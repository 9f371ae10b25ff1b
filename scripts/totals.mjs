// Prints the totals of a run of vitest as one plain line, from the file that its JSON reporter wrote.
// Exits with 1 when a test or a whole file failed, or when nothing ran. Plain JavaScript: CI calls it with an old Node.

import { readFileSync } from 'node:fs'

const [path = ''] = process.argv.slice(2)

/** @type {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number, success: boolean,
 *   testResults: { status: string, assertionResults: { status: string }[] }[] } | undefined} */
let results
try {
  results = JSON.parse(readFileSync(path, 'utf8'))
} catch (error) {
  process.stderr.write(`no results of the tests: ${error instanceof Error ? error.message : String(error)}\n`)
}

const passed = results?.numPassedTests ?? 0
const skipped = (results?.numPendingTests ?? 0) + (results?.numTodoTests ?? 0)
// A file that cannot be loaded, or whose hook failed, counts as one where none of its tests did.
/** @param {{ status: string, assertionResults: { status: string }[] }} file */
const broken = (file) => file.status === 'failed' && file.assertionResults.every(({ status }) => status !== 'failed')
const failed = results === undefined ? 1 : results.numFailedTests + results.testResults.filter(broken).length

process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`)
process.exitCode = failed === 0 && passed > 0 && results?.success === true ? 0 : 1
