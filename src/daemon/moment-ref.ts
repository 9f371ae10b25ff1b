import { HoldfastError } from '#base'
import { isMissing, momentOf, placesOf, type Moment } from '#history'
import type { Have } from '#db'
import { parseDeviceId } from '#model'

/** Names a moment of a folder by the last record of each author: whatever any clock says, what came after is told from what came before. */
export function momentRef(have: readonly Have[]): string {
  return have.map(({ author, epoch, seq }) => `${author}.${epoch}.${seq}`).join(',')
}

/** The moment that was named so; null: it is a time. Throws `offline` where this device has not all the records up to it. */
export async function momentAt(ref: string, have: () => Promise<readonly Have[]>): Promise<Moment | null> {
  if (!ref.includes(',') && ref.split('.').length !== 3) return null
  const places = ref.split(',').map((place): Have => {
    const [author = '', epoch, seq] = place.split('.')
    return { author: parseDeviceId(author), epoch: Number(epoch), seq: Number(seq) }
  })
  const moment = momentOf(placesOf(places))
  if (!isMissing(moment, await have())) return moment
  throw new HoldfastError('offline', 'not all that there was at that moment is known on this device', {
    reason: 'moment-unknown',
    hint: 'connect a device that has it, and let this one catch up: holdfast wait',
  })
}
