import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { builtEntry, type Device } from '../../scripts/device.ts'
import { eventually } from '../api/eventually.ts'
import { missing, twoNamespaces } from '../peers/namespaces.ts'
import { complaints, hasBrowser, openBrowserIn } from '../renderer/browser.ts'
import { Cluster, until } from './cluster.ts'

const ROOT = join(import.meta.dirname, '../..')
const why = hasBrowser ? missing() : 'needs a Chromium'
if (why !== undefined) console.log(`skipped: pairing on two pages by six digits ${why}`)

/** A device, and its page in a browser of the same network. */
interface Seat {
  device: Device
  page: Page
  heard: string[]
}

describe.skipIf(why !== undefined)('six digits on the page', () => {
  const cluster = new Cluster()
  const browsers: Browser[] = []
  let anna: Seat
  let ben: Seat
  let names: [string, string]
  let end = (): void => undefined

  const start = (name: string, namespace: string): Promise<Device> =>
    cluster.start(name, { namespace, lan: true, forPeople: true, entry: builtEntry })

  const sit = async (device: Device): Promise<Seat> => {
    const { name, namespace } = device.options
    const browser = await openBrowserIn(namespace!, cluster.directory)
    browsers.push(browser)
    const page = await (await browser.newContext({ viewport: { width: 1100, height: 900 } })).newPage()
    page.setDefaultTimeout(15_000)
    const heard = complaints(page)
    await page.goto(device.launchLink!)
    await page.getByRole('heading', { name }).waitFor()
    await page.getByRole('link', { name: 'Devices' }).click()
    await page.getByRole('heading', { name: 'Add a device' }).waitFor()
    return { device, page, heard }
  }

  beforeAll(async () => {
    const built = spawnSync(process.execPath, [join(ROOT, 'scripts/build.ts'), '--if-needed'], { encoding: 'utf8' })
    if (built.status !== 0) throw new Error(built.stderr)
    ;({ names, end } = twoNamespaces())
    anna = await sit(await start('anna', names[0]))
  })
  afterAll(async () => {
    await Promise.all(browsers.map((browser) => browser.close()))
    await cluster.end()
    end()
  })

  const nearby = ({ page }: Seat, name: string) => page.locator('.nearby', { hasText: name })
  const pairing = ({ page }: Seat, name: string) => page.getByRole('alertdialog', { name: `Pairing with ${name}` })
  /** Presses a button, and waits as a person would until the daemon has taken it. */
  const say = async (seat: Seat, name: string, word: string): Promise<void> => {
    const answered = seat.page.waitForResponse((response) => response.url().includes('/pairings/'))
    await pairing(seat, name).getByRole('button', { name: word }).click()
    expect((await answered).status()).toBe(200)
  }
  const digits = async (seat: Seat, name: string) => await pairing(seat, name).locator('.digits').textContent()
  const members = ({ page }: Seat) => page.locator('.device strong').allTextContents()

  /** PICTURES=DIR leaves pictures of both pages there, to look at. */
  const look = async (step: string): Promise<void> => {
    const directory = process.env['PICTURES']
    if (directory === undefined) return
    for (const { device, page } of [anna, ben])
      await page.screenshot({ path: join(directory, `${step} ${device.options.name}.png`) })
  }

  /** Anna begins; resolves when both pages show the same six digits. */
  const begin = async (): Promise<void> => {
    await nearby(anna, 'ben').getByRole('button', { name: 'Pair' }).click()
    const shown = [await digits(anna, 'ben'), await digits(ben, 'anna')]
    expect(shown[0]).toMatch(/^\d{3} \d{3}$/)
    expect(shown[1]).toBe(shown[0])
  }

  const expectStrangers = async (): Promise<void> => {
    for (const { device } of [anna, ben]) {
      expect(await device.client.devices()).toHaveLength(1)
      expect(await device.client.pairings()).toEqual([])
    }
    await eventually(async () => [await members(anna), await members(ben)]).toEqual([['anna'], ['ben']])
  }

  test('begin with a list of who is there, and where they are now', async () => {
    const device = await start('ben', names[1])
    const address = nearby(anna, 'ben').locator('code')
    const first = await address.textContent()
    // Started again it waits for strangers at another port.
    await device.kill()
    ben = await sit(await cluster.restart(device))
    await nearby(ben, 'anna').waitFor()
    await until('anna sees where ben is now', async () => (await address.textContent()) !== first)
    await look('1 nearby')
  })

  test('join nobody when they differ, and both pages say so', async () => {
    await begin()
    await look('2 digits')
    await say(anna, 'ben', 'They are the same')
    await pairing(anna, 'ben').getByText('Waiting for ben to accept').waitFor()
    await pairing(ben, 'anna').getByText('anna has said yes already').waitFor()
    await look('3 one has accepted')
    await say(ben, 'anna', 'They differ')
    for (const [seat, other, said] of [
      [anna, 'ben', 'The other device says'],
      [ben, 'anna', 'It was said here'],
    ] as const) {
      const notice = seat.page.getByRole('alert')
      await notice.getByText(`Not paired with ${other}`).waitFor()
      await notice.getByText(`${said} that the digits differ`).waitFor()
      await notice.getByText('Neither device has joined the other').waitFor()
      await pairing(seat, other).waitFor({ state: 'detached' })
    }
    await look('4 differ')
    await expectStrangers()
  })

  test('join nobody when one does not want it, and both pages say so', async () => {
    await begin()
    await eventually(() => anna.page.getByRole('alert').count()).toBe(0)
    await say(ben, 'anna', 'Refuse')
    await anna.page.getByRole('alert').getByText('The other device refused the pairing').waitFor()
    await ben.page.getByRole('alert').getByText('The pairing was refused here').waitFor()
    await look('5 refused')
    await expectStrangers()
    for (const { page } of [anna, ben]) {
      await page.getByRole('button', { name: 'OK' }).click()
      await page.getByRole('alert').waitFor({ state: 'detached' })
    }
  })

  test('join two devices when both people say that they are the same', async () => {
    await begin()
    await say(ben, 'anna', 'They are the same')
    await say(anna, 'ben', 'They are the same')
    for (const [seat, name, other] of [
      [anna, 'anna', 'ben'],
      [ben, 'ben', 'anna'],
    ] as const) {
      await seat.page.getByRole('status').getByText(`Paired with ${other}`).waitFor()
      await seat.page.locator('.device', { hasText: other }).getByText('connected').waitFor()
      await eventually(() => members(seat)).toEqual([name, other])
      await eventually(() => seat.page.locator('.nearby').count()).toBe(0)
    }
    await look('6 paired')
    expect([...anna.heard, ...ben.heard]).toEqual([])
  })
})
