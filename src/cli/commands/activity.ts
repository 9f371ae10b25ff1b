import { localTime } from '#base'
import { streamEvents } from '#api/client'
import type { Activity } from '#api/contract'
import type { Command } from '../command.ts'
import { oneLine } from '../text.ts'

/** Items asked for at once. */
const PAGE = 1000

export const activity: Command = {
  words: 'activity',
  synopsis: '[--follow]',
  summary: 'What happened, by which device, when; the newest last. With --json one object a line.',
  options: { follow: { type: 'boolean' } },
  async run({ isSet, json, connect, output }) {
    const { client, transport } = await connect()
    let last = 0
    const show = (item: Activity): void => {
      if (item.number <= last) return
      last = item.number
      output.result(item, () => describe(item))
    }
    const showKept = async (): Promise<void> => {
      const pages: Activity[][] = []
      for (let before = 0; ;) {
        const page = await client.activity({ before, limit: PAGE })
        pages.unshift(page.toReversed())
        before = page.at(-1)?.number ?? 0
        if (page.length < PAGE || before <= last + 1) break
      }
      for (const item of pages.flat()) show(item)
    }
    if (!isSet('follow')) {
      await showKept()
      if (last === 0 && !json) output.result(null, () => 'Nothing has happened yet.')
      return
    }

    // What happens while the list is read arrives by the stream, which was open before.
    const opened = Promise.withResolvers<void>()
    const events = streamEvents(transport, new AbortController().signal, opened.resolve)
    let next = events.next()
    await Promise.race([opened.promise, next])
    await showKept()
    for (;;) {
      const { value, done } = await next
      if (done === true) return
      if (value.event === 'activity') show(value.data)
      else if (value.event === 'resync') await showKept()
      next = events.next()
    }
  },
}

function describe({ time, event, folder, path, from, by: name, detail }: Activity): string {
  const places = from === null ? [path] : [from, path]
  const where = places.map((place) => [folder, place].filter((part) => part !== null).join('/')).join(' → ')
  const by = name === null ? '' : `by ${name}`
  return oneLine([localTime(time), event, where, detail, by].filter((part) => part !== '').join('  '))
}
