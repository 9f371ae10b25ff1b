import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'

const AXE = new URL(import.meta.resolve('axe-core/axe.min.js'))

/** What axe (dequelabs/axe-core) finds that somebody could not use or perceive: the rule and where. */
export async function faultsOf(page: Page): Promise<string[]> {
  await page.evaluate(await readFile(AXE, 'utf8'))
  return await page.evaluate(
    `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
      violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => id + ': ' + target.join(' '))))`,
  )
}
