import { describe, expect, it } from 'vitest'
import { MAX_MESSAGE_BYTES, type Link } from '#peers'

/** A link from both its ends. */
export interface LinkSubject {
  here: Link
  there: Link
  /** Lets time pass until `holds` does; rejects where it never does. */
  until(holds: () => boolean): Promise<void>
  /** Lets time pass in which whatever is under way would arrive. */
  rest(): Promise<void>
}

const MIB = 1024 * 1024

/** What a Link promises (see there), for every one that there is. */
export function linkSuite(name: string, open: () => Promise<LinkSubject> | LinkSubject): void {
  describe(`a link ${name}`, () => {
    async function link(work: (subject: LinkSubject) => Promise<void>): Promise<void> {
      await work(await open())
    }

    /** Begins to listen; what comes is put together into the list. */
    function heard(end: Link): Uint8Array[] {
      const messages: Uint8Array[] = []
      end.onMessage((message) => void messages.push(message))
      return messages
    }

    it('brings messages whole and in order, both ways, each over a buffer of its own', () =>
      link(async ({ here, there, until }) => {
        const [atThere, atHere] = [heard(there), heard(here)]
        const pieces = [Uint8Array.of(1), new Uint8Array(MIB).fill(2), new Uint8Array(0), Uint8Array.of(3, 3)]
        const sent = [here.send(...pieces), here.send(Uint8Array.of(4)), there.send(Uint8Array.of(5))]
        await until(() => atThere.length === 2 && atHere.length === 1)
        await Promise.all(sent)
        expect(atThere.map(({ length }) => length)).toEqual([MIB + 3, 1])
        expect([atThere[0]?.at(0), atThere[0]?.at(1), atThere[0]?.at(-1), atThere[1]?.[0]]).toEqual([1, 2, 3, 4])
        const all = [...atThere, ...atHere]
        expect(new Set(all.map(({ buffer }) => buffer)).size).toBe(all.length)
      }))

    it('keeps messages until there is a listener', () =>
      link(async ({ here, there, until, rest }) => {
        await here.send(Uint8Array.of(1))
        await here.send(Uint8Array.of(2))
        await rest()
        const messages = heard(there)
        await until(() => messages.length === 2)
        expect(messages.map(([first]) => first)).toEqual([1, 2])
      }))

    it('hands over one message at a time, and holds the sender back meanwhile', () =>
      link(async ({ here, there, until, rest }) => {
        let release = (): void => undefined
        let handled = 0
        there.onMessage(async () => {
          if (handled++ === 0) await new Promise<void>((resolve) => (release = resolve))
        })
        let sent = 0
        const sending = (async () => {
          for (; sent < 64; sent++) await here.send(new Uint8Array(MIB))
        })()
        await rest()
        expect(handled).toBe(1)
        expect(sent).toBeLessThan(32)
        release()
        await until(() => handled === 64)
        await sending
      }))

    it.each([0, MAX_MESSAGE_BYTES + 1])('sends no message of %d bytes, and goes on', (bytes) =>
      link(async ({ here, there, until }) => {
        const messages = heard(there)
        await expect(here.send(new Uint8Array(bytes))).rejects.toThrow(String(bytes))
        await here.send(Uint8Array.of(1))
        await until(() => messages.length === 1)
      }),
    )

    it.each(['here', 'there'] as const)('is closed at both ends when it is closed %s, and sends no more', (side) =>
      link(async (subject) => {
        const { here, there, until } = subject
        heard(here)
        heard(there)
        subject[side].close('enough')
        await until(() => here.closed.aborted && there.closed.aborted)
        for (const end of [here, there]) {
          expect(end.closed.reason).toMatchObject({ code: 'offline' })
          await expect(end.send(Uint8Array.of(1))).rejects.toMatchObject({ code: 'offline' })
        }
      }),
    )

    it.each([
      [
        'throws',
        () => {
          throw new Error('not to be handled')
        },
      ],
      ['rejects', () => Promise.reject(new Error('not to be handled'))],
    ] as const)('is closed when its listener %s', (_, listener) =>
      link(async ({ here, there, until }) => {
        heard(here)
        there.onMessage(listener)
        await here.send(Uint8Array.of(1))
        await until(() => here.closed.aborted && there.closed.aborted)
      }),
    )
  })
}
