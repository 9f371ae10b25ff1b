import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'

/** The shell without windows takes half the time of the whole browser for a page. */
const CHROMIUM = [
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => existsSync(path))

/** False on machines without a Chromium: the page's tests are then skipped. */
export const hasBrowser = CHROMIUM !== undefined

/** `more`: switches beside those that a test machine needs. */
export async function openBrowser(program: string = CHROMIUM ?? '', more: readonly string[] = []): Promise<Browser> {
  return await chromium.launch({
    executablePath: program,
    args: [
      '--no-sandbox',
      '--headless',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...more,
    ],
  })
}

/** The same in a network namespace; needs root. `directory` is where the script goes that starts it there. */
export async function openBrowserIn(namespace: string, directory: string): Promise<Browser> {
  const script = join(directory, `chromium-${namespace}`)
  await writeFile(script, `#!/bin/sh\nexec ip netns exec ${namespace} ${CHROMIUM} "$@"\n`, { mode: 0o755 })
  return await openBrowser(script)
}

/** Collects all that a page complains about: errors, warnings, and what the policy refused. */
export function complaints(page: Page, heard: string[] = []): string[] {
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') heard.push(message.text())
  })
  page.on('pageerror', (error) => heard.push(error.message))
  return heard
}
