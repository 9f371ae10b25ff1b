import type { Page } from 'playwright-core'
import { describe, expect } from 'vitest'
import { HoldfastError } from '#base'
import { eventually } from '../api/eventually.ts'
import { faultsOf } from './faults.ts'
import { hasBrowser, it as ofPage } from './open-page.ts'
import { withSettings } from './peers-backend.ts'

const it = ofPage.extend<{ page: Page }>({
  page: async ({ page, backend }, use) => {
    withSettings(backend)
    await page.getByRole('link', { name: 'Settings' }).click()
    await page.getByLabel('Room for the group', { exact: true }).waitFor()
    await use(page)
  },
})

describe.skipIf(!hasBrowser)('the page, of settings,', () => {
  it('saves what is typed, says so, and takes it back', async ({ page, backend }) => {
    await page.getByLabel('Name', { exact: true }).fill('study')
    await page.keyboard.press('Enter')
    await page.getByRole('status').getByText('Name: saved').waitFor()
    expect(backend.settings.get('name')).toBe('study')
    await page.getByRole('button', { name: 'Undo' }).click()
    await eventually(() => backend.settings.get('name')).toBe('desk')
    await page.getByRole('group', { name: 'Usual values: Send at most' }).getByRole('button', { name: '500 KB/s' }).click()
    await page.getByRole('button', { name: 'Save' }).click()
    await eventually(() => backend.settings.get('rate_limit_up')).toBe('500 KB/s')
    await page.getByRole('button', { name: 'Save' }).waitFor({ state: 'detached' })
    await page.getByRole('slider').fill('75')
    await page.getByRole('button', { name: 'Save' }).click()
    // Of the 200 GB that are pledged and the 200 GB that are free.
    await eventually(() => backend.settings.get('pledge')).toBe('300 GB')
  })

  it('keeps what is typed on while what was saved comes back', async ({ page, backend }) => {
    const { config } = backend
    let open = (): void => undefined
    const gate = new Promise<void>((resolve) => (open = resolve))
    backend.config = async (input, signal) => {
      await gate
      return await config(input, signal)
    }
    const name = page.getByLabel('Name', { exact: true })
    await name.fill('study')
    await page.keyboard.press('Enter')
    await page.getByRole('status').getByText('Name: saved').waitFor()
    await name.fill('study 2')
    const answered = page.waitForResponse((response) => response.url().endsWith('/config'))
    open()
    await (await answered).finished()
    await page.keyboard.press('Enter')
    await eventually(() => backend.settings.get('name')).toBe('study 2')
    await page.getByRole('button', { name: 'Save' }).waitFor({ state: 'detached' })
  })

  it('says why it cannot be saved, keeps what was typed, and lists all other settings', async ({ page, backend }) => {
    const room = page.getByLabel('Room for the group', { exact: true })
    await room.fill('full')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('alert').getByText('"full" is no value for pledge. It takes a size, like 100GB.').waitFor()
    expect(await room.inputValue()).toBe('full')
    backend.settings.set('made_later', 7)
    backend.announce({ event: 'resync', data: {} })
    await page.getByText('Advanced: 7 more').click()
    expect(await page.getByLabel('made_later').inputValue()).toBe('7')
    expect(await faultsOf(page)).toEqual([])
    await page.getByText('Works with 127.0.0.1:8400 until Holdfast is started again.').waitFor()
    await page.getByLabel('gc_grace').fill('0')
    await page.keyboard.press('Enter')
    await page.getByText('What sync replaces is gone sooner.').waitFor()
  })

  it('offers the languages for trying only to who asks for them, or has one', async ({ page, running }) => {
    const offered = async (): Promise<string[]> => await page.getByLabel('Language').getByRole('option').allInnerTexts()
    expect(await offered()).toEqual(['English', 'Deutsch'])
    await page.goto(`${running.server.url}/settings?languages=all`)
    await page.getByLabel('Language').selectOption('[Right to left]')
    const back = page.locator('#language')
    await eventually(() => page.evaluate('document.documentElement.dir')).toBe('rtl')
    await page.goto(`${running.server.url}/settings`)
    await back.waitFor()
    expect(await back.getByRole('option').count()).toBe(4)
    await back.selectOption('English')
    await eventually(() => page.evaluate('document.documentElement.dir')).toBe('ltr')
  })

  it('is light or dark as it was chosen, before anything is drawn', async ({ page, browser, running }) => {
    const ground = async (of: Page): Promise<unknown> => await of.evaluate('getComputedStyle(document.body).backgroundColor')
    const light = await ground(page)
    await page.getByRole('radio', { name: 'Dark' }).check()
    await eventually(() => ground(page)).not.toBe(light)
    const dark = await ground(page)
    // Nothing of the page but that one file has run.
    await page.context().route('**/main.js', (route) => route.abort())
    await page.goto(`${running.server.url}/settings`)
    expect(await ground(page)).toBe(dark)
    await page.context().unroute('**/main.js')
    await page.reload()
    await page.getByRole('radio', { name: 'As the system has it' }).check()
    await eventually(() => ground(page)).toBe(light)
    expect(browser.isConnected()).toBe(true)
  })

  it('makes a recovery kit, with a passphrase that it judges, and shows its words', async ({ page, called }) => {
    await page.getByRole('checkbox', { name: /^As a file/ }).check()
    await page.getByLabel('Passphrase', { exact: true }).fill('hunter2')
    await page.getByText('Too short').waitFor()
    const secret = 'lantern gravel ostrich pewter canyon violet'
    await page.getByLabel('Passphrase', { exact: true }).fill(secret)
    await page.getByLabel('The same again').fill(`${secret}x`)
    await page.getByText('These are not the same').waitFor()
    expect(await page.getByRole('button', { name: 'Make the kit' }).isDisabled()).toBe(true)
    await page.getByLabel('The same again').fill(secret)
    await page.getByText('Good.', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Make the kit' }).click()
    const dialog = page.getByRole('dialog', { name: 'recovery-kit is made' })
    await eventually(() => dialog.locator('.settings-words li').count()).toBe(24)
    expect(called('exportRecovery')).toEqual([{ words: true, file: '/home/me/holdfast-recovery-kit.txt', passphrase: secret }])
    await dialog.getByRole('button', { name: 'I have written them down' }).click()
    await eventually(() => page.getByLabel('Passphrase', { exact: true }).inputValue()).toBe('')
    await page.getByText('Only an empty device can do that').waitFor()
  })

  it('says what a kit finds, once it is made, and leads to a device that stores', async ({ page, backend }) => {
    const make = backend.exportRecovery
    backend.exportRecovery = async (input, signal) => ({
      ...(await make(input, signal)),
      addresses: ['/ip4/10.0.0.7/tcp/4001', '/ip4/10.0.0.8/tcp/4001'],
      notes: [
        { values: { note: 'kit-no-blocks', devices: 'kitchen' }, message: 'it is so', hint: 'holdfast invite --role storage' },
      ],
    })
    await page.getByRole('button', { name: 'Make the kit' }).click()
    const dialog = page.getByRole('dialog', { name: 'recovery-kit is made' })
    await dialog.getByText('the kit brings back what kitchen then has').waitFor()
    await dialog.getByText('/ip4/10.0.0.8/tcp/4001', { exact: true }).waitFor()
    expect(await dialog.getByRole('link').count()).toBe(0)
    expect(await faultsOf(page)).toEqual([])
    await dialog.getByRole('button', { name: 'I have written them down' }).click()
    await page.getByRole('link', { name: 'Add a storage device' }).click()
    expect(await page.getByRole('radio', { name: /^Only for storage/ }).isChecked()).toBe(true)
  })

  it('brings folders back from a kit on an empty device', async ({ page, backend, called }) => {
    backend.folderList = []
    backend.deviceList = backend.deviceList.slice(0, 1)
    backend.announce({ event: 'resync', data: {} })
    await page.getByLabel('All its words').fill('zebra zebra')
    await page.getByLabel('Directory for the folders').fill('/home/me/back')
    await page.getByRole('button', { name: 'Bring the folders back' }).click()
    await page.getByText('One folder comes back: photos.').waitFor()
    expect(called('restoreRecovery')).toMatchObject([{ words: 'zebra zebra', file: null, to: '/home/me/back', addresses: [] }])
  })

  it('says what leaving the group means, and how it can be left where nobody takes over', async ({ page, backend, called }) => {
    const leave = backend.leaveGroup
    backend.leaveGroup = async (input, signal) => {
      if (!input.now) throw new HoldfastError('blocked', 'nobody has room for 3 GB', { hint: 'start the attic' })
      return await leave(input, signal)
    }
    await page.getByRole('button', { name: 'Leave the group' }).click()
    const dialog = page.getByRole('dialog', { name: 'Leave the group?' })
    await dialog.getByText('Folders and files stay').waitFor()
    expect(await dialog.getByRole('button', { name: 'Leave without handing over' }).count()).toBe(0)
    await dialog.getByRole('button', { name: 'Hand over and leave' }).click()
    await dialog.getByText('Nobody has room for 3 GB. Start the attic.').waitFor()
    await dialog.getByRole('button', { name: 'Leave without handing over' }).click()
    await page.getByText('This device has left the group').waitFor()
    expect(called('leaveGroup')).toEqual([{ now: true }])
  })

  it('writes a support bundle where it is wanted, and changes the log', async ({ page, backend, called }) => {
    await page.getByLabel('Support bundle').fill('/tmp/help.json')
    await page.getByRole('button', { name: 'Write the file' }).click()
    await page.getByText('Written: /tmp/help.json').waitFor()
    expect(called('supportBundle')).toEqual([{ file: '/tmp/help.json' }])
    await page.getByRole('radio', { name: 'Everything, to look for a fault' }).check()
    await eventually(() => backend.settings.get('log_level')).toBe('debug')
  })
})
