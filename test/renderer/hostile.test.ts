import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect } from 'vitest'
import { eventually } from '../api/eventually.ts'
import { openBrowser } from './browser.ts'
import { hasBrowser, itAlone as withPage } from './open-page.ts'

interface Hostile {
  /** The port of a server with an empty page; of another origin, then, but of the same site where it is asked for as 127.0.0.1. */
  port: number
}

const it = withPage.extend<Hostile>({
  // oxlint-disable-next-line no-empty-pattern -- vitest reads what a fixture needs out of its pattern
  port: async ({}, use) => {
    const server: Server = createServer((_, response) => response.setHeader('content-type', 'text/html').end('<!doctype html>'))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    await use((server.address() as AddressInfo).port)
    server.closeAllConnections()
    server.close()
  },
})

/** All that a page can try at another origin, each by a name: what it came to. */
const attempts = (daemon: string): string => `(async (daemon) => {
  const failed = () => 'refused'
  const loads = (tag, from, url) => new Promise((done) => {
    const element = document.createElement(tag)
    element.onload = () => done('loaded')
    element.onerror = () => done('refused')
    if (tag === 'link') element.rel = 'stylesheet'
    element[from] = daemon + url
    document.body.append(element)
  })
  const posts = (path, init) => fetch(daemon + path, { method: 'POST', credentials: 'include', body: '{}', ...init })
  const opens = (made, good) => new Promise((done) => {
    made.addEventListener(good, () => done('open'))
    made.addEventListener('error', () => done('refused'))
  })
  const form = (enctype) => {
    const frame = document.createElement('iframe')
    frame.name = enctype
    document.body.append(frame)
    const element = document.createElement('form')
    Object.assign(element, { method: 'post', action: daemon + '/api/v1/scan', target: enctype, enctype })
    const field = document.createElement('input')
    Object.assign(field, { name: '{"folder":null,"x":"', value: '"}' })
    element.append(field)
    document.body.append(element)
    element.submit()
  }
  form('text/plain')
  form('application/x-www-form-urlencoded')
  navigator.sendBeacon(daemon + '/api/v1/scan', '{}')
  return {
    read: await fetch(daemon + '/api/v1/status', { credentials: 'include' }).then(() => 'read', failed),
    readBlindly: await fetch(daemon + '/api/v1/status', { credentials: 'include', mode: 'no-cors' }).then((answer) => answer.text(), failed),
    health: await fetch(daemon + '/healthz', { mode: 'no-cors' }).then((answer) => answer.text(), failed),
    post: await posts('/api/v1/scan', { mode: 'no-cors' }).then((answer) => answer.text(), failed),
    postWithHeader: await posts('/api/v1/scan', { headers: { 'x-holdfast': '1', 'content-type': 'application/json' } }).then(() => 'answered', failed),
    remove: await fetch(daemon + '/api/v1/folders/photos', { method: 'DELETE', credentials: 'include' }).then(() => 'answered', failed),
    events: await opens(new EventSource(daemon + '/api/v1/events', { withCredentials: true }), 'open'),
    socket: await opens(new WebSocket(daemon.replace('http', 'ws') + '/api/v1/events'), 'open'),
    script: await loads('script', 'src', '/main.js'),
    style: await loads('link', 'href', '/main.css'),
    answerAsScript: await loads('script', 'src', '/api/v1/status'),
    answerAsImage: await loads('img', 'src', '/api/v1/status'),
  }
})(${JSON.stringify(daemon)})`

describe.skipIf(!hasBrowser)('a page of another origin in a browser that is let in', () => {
  it('can neither read nor command, whatever it tries', async ({ page, context, running, port }) => {
    // The page's own questions are asked by now, and it asks no more.
    await page.goto('about:blank')
    for (const host of ['127.0.0.1', 'localhost']) {
      const before = running.backend.calls.length
      const hostile = await context.newPage()
      await hostile.goto(`http://${host}:${port}/`)
      const results = Object.entries(await hostile.evaluate<Record<string, string>>(attempts(running.server.url)))
      // What is fetched blindly may be answered, but is empty to whoever asked.
      expect(results.filter(([, result]) => result !== 'refused' && result !== '')).toEqual([])
      await hostile.waitForTimeout(200) // for forms and beacons, which tell nothing of their end
      expect(running.backend.calls.slice(before)).toEqual([])
      await hostile.close()
    }
  })

  it('cannot show the daemon’s page in itself, nor keep hold of a window with it', async ({ page, context, running, port }) => {
    expect(page.url()).toContain(running.server.url)
    const hostile = await context.newPage()
    await hostile.goto(`http://127.0.0.1:${port}/`)
    await hostile.evaluate(`(() => {
      const frame = document.createElement('iframe')
      frame.src = ${JSON.stringify(running.server.url)}
      document.body.append(frame)
    })()`)
    await eventually(() => hostile.frames().at(-1)?.url()).toBe('chrome-error://chromewebdata/')
    const [opened] = await Promise.all([
      context.waitForEvent('page'),
      hostile.evaluate(`void (window.theirs = open(${JSON.stringify(running.server.url)}))`),
    ])
    await opened.getByRole('heading', { name: 'desk' }).waitFor()
    expect(await opened.evaluate('window.opener')).toBeNull()
    expect(await hostile.evaluate('theirs.closed')).toBe(true)
  })

  it('gets nothing by a name of its own that leads to this machine', async ({ running }) => {
    const browser = await openBrowser(undefined, ['--host-resolver-rules=MAP rebound.example 127.0.0.1'])
    try {
      const page = await browser.newPage()
      const { port, pathname, search } = new URL(running.server.launchUrl())
      for (const path of ['/', '/api/v1/status', '/healthz', `${pathname}${search}`]) {
        const answer = await page.goto(`http://rebound.example:${port}${path}`)
        expect([path, answer?.status()]).toEqual([path, 403])
      }
      expect(running.backend.calls).toEqual([])
    } finally {
      await browser.close()
    }
  })
})
