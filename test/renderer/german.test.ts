import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HoldfastError, toErrorShape, withHint } from '#base'
import { checkPassphrase, readRecoveryWords } from '#peers'
import { checkPath } from '#model'
import { detailed } from '../../src/daemon/details.ts'
import { folderPlace } from '../../src/daemon/folder-places.ts'
import { inUseBy, nameOffered, nameTaken } from '../../src/daemon/folder-faults.ts'
import { joinConflict, joinedAlready } from '../../src/peers/group-faults.ts'
import { stepFault } from '../../src/sync/asked-steps.ts'
import { pausedFault } from '../../src/sync/need.ts'
import { failureWords } from '../../renderer/parts/failure-words.ts'
import { eventually } from '../api/eventually.ts'
import { folderAt } from '../../renderer/places.ts'
import { de } from '../../renderer/text/de.ts'
import { en } from '../../renderer/text/en.ts'
import { setTexts } from '../../renderer/text/text.ts'
import { PHOTOS } from './folders-backend.ts'
import { hasBrowser, itAlone } from './open-page.ts'
import { withSettings } from './peers-backend.ts'

const it = itAlone.extend({
  context: async ({ browser }, use) => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'de-DE' })
    await use(context)
    await context.close()
  },
})

/** Words that sentences of English have, and German has not. */
const ENGLISH = /(?<!\p{L})(?:the|is|are|were|cannot|there|which|with|it|its|of|or|and|on|to|here|this|that)(?!\p{L})/iu
const TIME = '2026-07-01T12:00:00.000Z'

const PROBLEMS: readonly [code: string, message: string][] = [
  ['unreadable', 'it cannot be read: permission is denied'],
  ['changing', 'it kept changing while it was read'],
  ['name', 'it cannot be carried: a name in it is longer than 255 bytes'],
  ['twin', "its name 'Foto' differs from 'foto' beside it only in what not every disk keeps apart"],
  ['full', 'it needs 2 MiB; 1 MiB are free on the disk, 0 MiB of them kept for other files'],
  ['missing-chunks', 'no connected device has all of its content'],
  ['local-edit', 'it was edited here, where edits are not shared'],
  ['denied', 'it cannot be changed here: a program has it open'],
  ['io', 'it could not be brought here: the system says EWHAT'],
  ['special', 'it is a socket, a pipe or a device, which is not carried'],
  ['ignore-rules', 'line 3 is passed over: it is too long; and so are 2 more lines'],
]

const HAPPENED: readonly [event: string, detail: string][] = [
  ['kept', 'edited here while it was deleted or renamed'],
  ['blocked', 'its marker .holdfast/marker is missing: the disk may not be mounted, or the directory was emptied'],
  ['held', '41 entries vanished at once'],
  ['misbehaved', 'does not have all that it says it has, which does not count as protected; on it: holdfast scrub'],
  ['given-up', 'replaced or deleted before any device had kept it: no device has the content of that version'],
  ['joined', 'the group, by a recovery kit'],
  ['removed', 'this device, from the group'],
]

/** Each as the daemon throws it. */
const FAILURES: readonly (() => unknown)[] = [
  () => nameTaken('Bilder', '/home/ich/Bilder'),
  () => nameOffered('Bilder', '/home/ich/Bilder'),
  () => inUseBy('laptop', '/home/ich/Bilder'),
  () => folderPlace('Bilder', { home: '/x', folders: [] }, { create: false }),
  () => folderPlace('/nirgends', { home: import.meta.dirname, folders: [] }, { create: false }),
  () => folderPlace(import.meta.filename, { home: import.meta.dirname, folders: [] }, { create: false }),
  () => folderPlace(import.meta.dirname, { home: import.meta.dirname, folders: [] }, { create: false }),
  () => joinConflict(),
  () => joinedAlready(),
  () => checkPassphrase('kurz'),
  () => checkPassphrase(''),
  () => readRecoveryWords('ach weh'),
  () => checkPath('a/../b'),
  () => stepFault('Bilder/a.jpg', { ok: false, code: 'not-empty', message: 'the directory has something in it' }),
  () => stepFault('Bilder/a.jpg', { ok: false, code: 'changed', message: 'it was changed here meanwhile' }),
  () => pausedFault('Bilder'),
  () => Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', syscall: 'write', path: '/home/ich/a.jpg' }),
  () => Object.assign(new Error('EACCES'), { code: 'EACCES', syscall: 'open', path: '/home/ich/a.jpg' }),
  () => new HoldfastError('blocked', 'its directory is not there', { reason: 'root-missing', hint: 'bring it back' }),
]

async function thrownBy(run: () => unknown): Promise<unknown> {
  try {
    return await run()
  } catch (error) {
    return error
  }
}

function isGerman(text: string): void {
  expect(text.length).toBeGreaterThan(10)
  expect(ENGLISH.exec(text)?.[0], text).toBeUndefined()
  expect(text).not.toMatch(/\bholdfast [a-z]/)
}

describe.skipIf(!hasBrowser)('the page in German', () => {
  it('says in German why each entry does not sync, and what to do', async ({ page, backend, running }) => {
    backend.problemList = PROBLEMS.map(([code, message], at) => {
      return { folder: 'photos', path: `b${at}.jpg`, code, message, hint: 'see to it', ...detailed(message), since: TIME }
    })
    await page.goto(new URL(folderAt(PHOTOS, 'problems'), running.server.url).href)
    const groups = page.locator('.folders-problems')
    await groups.nth(PROBLEMS.length - 1).waitFor()
    const texts = await groups.allInnerTexts()
    expect(texts.length).toBe(PROBLEMS.length)
    for (const text of texts) isGerman(text)
  })

  it('reads and shows sizes as they are written in German', async ({ page, backend, running }) => {
    withSettings(backend)
    await page.goto(`${running.server.url}/settings`)
    const room = page.getByLabel('Platz für die Gruppe', { exact: true })
    await room.fill('1,5 GB')
    await page.keyboard.press('Enter')
    await eventually(() => backend.settings.get('pledge')).toBe('1.5 GB')
    await page.getByRole('button', { name: 'Speichern' }).waitFor({ state: 'detached' })
    expect(await room.inputValue()).toBe('1,5 GB')
  })

  it('says in German what happened', async ({ page, backend, go }) => {
    backend.activityList = HAPPENED.map(([event, detail], at) => {
      const folder = event === 'joined' || event === 'removed' ? null : 'photos'
      return {
        number: at + 1,
        time: TIME,
        event,
        folder,
        path: null,
        from: null,
        device: null,
        by: null,
        detail,
        ...detailed(detail),
      }
    })
    backend.announce({ event: 'resync', data: {} })
    await go('Zustand')
    const events = page.locator('li:has(.event)')
    await events.nth(HAPPENED.length - 1).waitFor()
    for (const text of await events.allInnerTexts()) isGerman(text)
  })

  it('says in German what failed, and what to do', async ({ page, backend }) => {
    // One of the daemon's reasons, one of the system, and one of a folder; the words of all are looked at below.
    const failures = await Promise.all(FAILURES.slice(-3).map(thrownBy))
    let next: unknown = null
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- it is what was thrown
    backend.createFolder = () => Promise.reject(next)
    await page.getByRole('link', { name: 'Ordner freigeben' }).click()
    const dialog = page.getByRole('dialog', { name: 'Ordner freigeben' })
    await dialog.getByRole('textbox').first().fill('/home/ich/Bilder')
    for (const failure of failures) {
      next = failure
      const answered = page.waitForResponse((response) => response.request().method() === 'POST')
      await dialog.getByRole('button', { name: 'Ordner freigeben' }).click()
      await answered
      isGerman(await dialog.getByRole('alert').innerText())
    }
  })
})

describe('the words of failures in German', () => {
  beforeAll(() => setTexts('de', de))
  afterAll(() => setTexts('en', en))

  test.each(FAILURES.map((fail) => [fail.toString().slice(6), fail] as const))(
    'say in German what %s throws',
    async (_, fail) => {
      const failure = await thrownBy(fail)
      expect(failure).toBeInstanceOf(Error)
      const { message, hint, reason, values } = withHint(toErrorShape(failure))
      const words = failureWords({
        message,
        hint,
        ...(reason === undefined ? {} : { reason }),
        ...(values === undefined ? {} : { values }),
      })
      isGerman(`${words.message} ${words.hint}`)
    },
  )
})
