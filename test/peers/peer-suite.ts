import { beforeEach, describe, expect, it } from 'vitest'
import type { Link, Peer } from '#peers'

/** Two connected devices: what the other one is to each. */
export interface PeerSubject {
  here: Peer
  there: Peer
  /** Lets time pass until `holds` does; rejects where it never does. */
  until(holds: () => boolean): Promise<void>
}

/** What a Peer promises (see there), for every one that there is. Its links have a suite of their own. */
export function peerSuite(name: string, open: () => Promise<PeerSubject> | PeerSubject): void {
  describe(`a connected device ${name}`, () => {
    let here: Peer
    let there: Peer
    let until: PeerSubject['until']

    beforeEach(async () => {
      ;({ here, there, until } = await open())
    })

    /** What becomes of it, while time passes. */
    async function outcome<T>(work: Promise<T>): Promise<T> {
      let ended = false
      const end = (): void => void (ended = true)
      work.then(end, end)
      await until(() => ended)
      return work
    }

    /** The bulk links that open at one side from now on. */
    function opened(peer: Peer): Link[] {
      const links: Link[] = []
      peer.onBulk((link) => links.push(link))
      return links
    }

    async function carries(from: Link, to: Link): Promise<void> {
      const heard: Uint8Array[] = []
      to.onMessage((message) => void heard.push(message))
      await outcome(from.send(Uint8Array.of(1, 2, 3)))
      await until(() => heard.length === 1)
      expect([...heard[0]!]).toEqual([1, 2, 3])
    }

    it('says who it is, and has an index link to it', async () => {
      expect(here.device).not.toBe(there.device)
      for (const peer of [here, there]) {
        expect(peer.index.device).toBe(peer.device)
        expect(peer.address).not.toBe('')
        expect(peer.closed.aborted).toBe(false)
      }
      await carries(here.index, there.index)
      await carries(there.index, here.index)
    })

    it.each(['here', 'there', 'both'])('has one bulk link, which both sides get when it is asked for %s', async (side) => {
      const [atHere, atThere] = [opened(here), opened(there)]
      const asked = { here: [here], there: [there], both: [here, there] }[side]!
      await outcome(Promise.all(asked.map((peer) => peer.bulk())))
      await until(() => atHere.length > 0 && atThere.length > 0)
      const [toThere, toHere] = await outcome(Promise.all([here.bulk(), there.bulk()]))
      expect([toThere, toHere]).toEqual([atHere.at(-1), atThere.at(-1)])
      expect([toThere.device, toHere.device]).toEqual([here.device, there.device])
      await carries(toThere, toHere)
      await carries(toHere, toThere)
      expect(opened(here)).toEqual([toThere])
      if (side !== 'both') expect([atHere.length, atThere.length]).toEqual([1, 1])
    })

    it('opens another bulk link after one broke, and stays connected', async () => {
      const stopped: Link[] = []
      here.onBulk((link) => stopped.push(link))()
      const [atHere, atThere] = [opened(here), opened(there)]
      await outcome(here.bulk())
      await until(() => atThere.length === 1)
      atHere[0]!.close('broken')
      await until(() => atThere[0]!.closed.aborted)
      expect(opened(here)).toEqual([])
      const again = await outcome(there.bulk())
      await until(() => atHere.length === 2)
      expect([atHere[1], again]).toEqual([await outcome(here.bulk()), atThere[1]])
      await carries(atHere[1]!, again)
      expect(stopped).toEqual([])
      expect([here.closed.aborted, there.closed.aborted]).toEqual([false, false])
    })

    it.each(['here', 'there'])('is disconnected, with all its links, when its index link is closed %s', async (side) => {
      const [toThere, toHere] = await outcome(Promise.all([here.bulk(), there.bulk()]))
      ;(side === 'here' ? here : there).index.close('enough')
      await until(() => [here, there].every(({ closed }) => closed.aborted))
      for (const { closed } of [here, there]) expect(closed.reason).toMatchObject({ code: 'offline' })
      await until(() => [here.index, there.index, toThere, toHere].every(({ closed }) => closed.aborted))
      for (const peer of [here, there]) {
        await expect(outcome(peer.bulk())).rejects.toMatchObject({ code: 'offline' })
        expect(opened(peer)).toEqual([])
      }
    })

    it('leaves nobody waiting for a bulk link who asked before it disconnected', async () => {
      const asked = [here.bulk(), there.bulk()].map((link) => link.catch((error: unknown) => error))
      here.index.close('enough')
      for (const result of await outcome(Promise.all(asked))) expect(result).toMatchObject({ code: 'offline' })
    })
  })
}
