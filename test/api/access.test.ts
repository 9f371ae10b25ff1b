import { mkdir, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { THIS } from './memory-backend.ts'
import { ask, letIn, startServer, type RunningServer } from './running-server.ts'

let running: RunningServer
let origin: string
let host: string
let cookie: string

beforeAll(async () => {
  running = await startServer()
  origin = running.server.url
  host = new URL(origin).host
  cookie = await letIn(running.server)
  await mkdir(join(running.home, 'ui'))
  await writeFile(join(running.home, 'ui/index.html'), '<!doctype html><title>page</title>')
  await writeFile(join(running.home, 'ui/main.js'), 'export {}')
  await writeFile(join(running.home, 'secret.js'), 'secret')
})
afterAll(() => running.close())

const own = () => ({ host, origin, cookie, 'x-holdfast': '1', 'content-type': 'application/json' })
const scan = (headers: Record<string, string>) => ask(`${origin}/api/v1/scan`, 'POST', headers, '{}')

describe('the page', () => {
  it.each([
    ['/', 200],
    ['/main.js', 200],
    ['/peers', 200],
    ['/folders.html', 404],
    ['/api/nothing', 404],
    ['/nothing.html', 404],
    ['/../secret.js', 404],
  ])('at %s answers with %d', async (path, status) => {
    expect((await ask(`${origin}${path}`, 'GET', { host, cookie })).status).toBe(status)
  })
})

describe('changing something from a browser', () => {
  it('is let through for our own page', async () => {
    expect((await scan(own())).status).toBe(200)
    const { origin: _, ...withoutOrigin } = own()
    expect((await scan({ ...withoutOrigin, 'sec-fetch-site': 'same-origin' })).status).toBe(200)
  })

  it.each([
    ['without the cookie', { cookie: '' }, 401],
    ['with a cookie that somebody made up', { cookie: 'COOKIE=99999999999.AAAA' }, 401],
    ['with another Host', { host: 'evil.example' }, 403],
    ['with our Host on another port', { host: '127.0.0.1:1' }, 403],
    ['from another origin', { origin: 'https://evil.example' }, 403],
    ['from another port of this machine', { origin: 'http://127.0.0.1:1' }, 403],
    ['from our origin under another scheme', { origin: 'HTTPS' }, 403],
    ['from an opaque origin', { origin: 'null' }, 403],
    ['from another site, as the browser says', { 'sec-fetch-site': 'cross-site' }, 403],
    ['from another port, as the browser says', { 'sec-fetch-site': 'same-site' }, 403],
  ])('is refused %s', async (_, change, status) => {
    const headers: Record<string, string> = { ...own(), ...change }
    if (headers['cookie']?.startsWith('COOKIE'))
      headers['cookie'] = headers['cookie'].replace('COOKIE', cookie.split('=')[0] ?? '')
    if (headers['origin'] === 'HTTPS') headers['origin'] = origin.replace('http:', 'https:')
    const before = running.backend.calls.length
    const answer = await scan(headers)
    expect(answer.status).toBe(status)
    expect(JSON.parse(answer.text)).toMatchObject({ error: { code: 'denied' } })
    expect(running.backend.calls.length).toBe(before)
  })

  it('is refused without our header, and without any word of where it comes from', async () => {
    const { 'x-holdfast': _, ...withoutHeader } = own()
    expect((await scan(withoutHeader)).status).toBe(403)
    const { origin: __, ...withoutOrigin } = own()
    expect((await scan(withoutOrigin)).status).toBe(403)
  })
})

describe('reading from a browser', () => {
  it('needs the cookie, our name, and no other site behind it', async () => {
    const read = (headers: Record<string, string>) => ask(`${origin}/api/v1/status`, 'GET', headers)
    expect((await read({ cookie })).status).toBe(200)
    expect((await read({ cookie, host: `localhost:${new URL(origin).port}` })).status).toBe(200)
    expect((await read({})).status).toBe(401)
    expect((await read({ cookie, host: 'evil.example' })).status).toBe(403)
    expect((await read({ cookie, 'sec-fetch-site': 'same-site' })).status).toBe(403)
    expect((await ask(`${origin}/api/v1/events`)).status).toBe(401)
  })

  it('gives no other origin leave to read, whatever it asks', async () => {
    for (const method of ['GET', 'OPTIONS']) {
      const answer = await ask(`${origin}/api/v1/status`, method, { cookie, origin: 'https://evil.example' })
      expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([])
    }
  })

  it('leaves open only what tells nothing', async () => {
    for (const path of ['/healthz', '/readyz', '/metrics', '/api/v1/openapi.json']) {
      expect([path, (await ask(origin + path)).status]).toEqual([path, 200])
    }
    expect((await ask(`${origin}/healthz`, 'GET', { host: 'evil.example' })).status).toBe(403)
  })
})

describe('the link', () => {
  it('lets a browser in once, by a cookie that scripts and other sites cannot use', async () => {
    const link = running.server.launchUrl()
    const first = await ask(link)
    expect(first.status).toBe(303)
    expect(first.headers['location']).toBe('/')
    const [set] = first.headers['set-cookie'] as string[]
    expect(set?.startsWith(`holdfast-${THIS.slice(-8)}=`)).toBe(true)
    expect(set).toContain('HttpOnly')
    expect(set).toContain('SameSite=Strict')

    const again = await ask(link)
    expect(again.status).toBe(403)
    expect(again.headers['set-cookie']).toBeUndefined()
    expect(again.text).toContain('used already')
  })

  it('does no harm when it is opened again where it worked', async () => {
    const link = running.server.launchUrl()
    const [set] = (await ask(link)).headers['set-cookie'] as string[]
    expect((await ask(link, 'GET', { cookie: set?.split(';')[0] ?? '' })).status).toBe(303)
  })

  it('is refused when it is made up', async () => {
    expect((await ask(`${origin}/launch?code=AAAAAAAAAAAAAAAAAAAAAA`)).status).toBe(403)
    expect((await ask(`${origin}/launch`)).status).toBe(403)
  })

  it('is made for this user’s programs, and not for browsers', async () => {
    const { text } = await ask({ socket: running.socket, path: '/api/v1/page-link' }, 'POST')
    expect((await ask((JSON.parse(text) as { url: string }).url)).status).toBe(303)
    expect((await ask(`${origin}/api/v1/page-link`, 'POST', own())).status).toBe(404)
  })

  it('is explained to a browser without one', async () => {
    const answer = await ask(origin)
    expect(answer.status).toBe(401)
    expect(answer.headers['content-type']).toContain('text/html')
    expect(answer.text).toContain('Open the link that `holdfast status` prints')
  })
})

describe('the files of the page', () => {
  it('come with a policy that lets nothing foreign run', async () => {
    const answer = await ask(`${origin}/`, 'GET', { cookie })
    expect(answer.text).toContain('<title>page</title>')
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'")
    expect(answer.headers['content-security-policy']).not.toContain('unsafe')
    expect(answer.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
    })
  })

  it('are not sent again when they are the same', async () => {
    const { headers } = await ask(`${origin}/main.js`, 'GET', { cookie })
    expect(headers['content-type']).toContain('text/javascript')
    expect((await ask(`${origin}/main.js`, 'GET', { cookie, 'if-none-match': String(headers['etag']) })).status).toBe(304)
  })

  it.each([
    '/../secret.js',
    '/..%2fsecret.js',
    '/%2e%2e/secret.js',
    '/..%5csecret.js',
    '/a/../../secret.js',
    '/x%00.js',
    '/%zz.js',
  ])('are only those of the page: %s', async (path) => {
    const answer = await rawGet(path)
    expect(answer.status).not.toBe(200)
    expect(answer.text).not.toContain('secret')
  })

  /** As written, where URL would tidy the path up. */
  async function rawGet(path: string): Promise<{ status: number; text: string }> {
    return await new Promise((resolve, reject) => {
      const connection = connect(Number(new URL(origin).port), '127.0.0.1')
      let text = ''
      connection.on('data', (data) => (text += data.toString()))
      connection.on('end', () => resolve({ status: Number(text.split(' ')[1]), text }))
      connection.on('error', reject)
      connection.write(`GET ${path} HTTP/1.1\r\nhost: ${host}\r\ncookie: ${cookie}\r\nconnection: close\r\n\r\n`)
    })
  }
})
