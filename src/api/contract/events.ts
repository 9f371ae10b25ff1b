import * as z from 'zod'
import { Device, NearbyDevice, Pairing, PairingEnd, Peer } from './devices.ts'
import { FolderStatus } from './folders.ts'
import { Activity, Progress, Transfers } from './status.ts'

/**
 * What the event stream announces. Each carries the whole new state of what it names, so that a listener replaces what it holds
 * and needs no order between kinds.
 */
export const ApiEvent = z
  .discriminatedUnion('event', [
    z.object({ event: z.literal('folder'), data: FolderStatus }).describe('A folder is new, or anything in its status changed'),
    z.object({ event: z.literal('folder-gone'), data: z.object({ id: z.string() }) }),
    z.object({ event: z.literal('devices'), data: z.array(Device) }).describe('The group, whole'),
    z
      .object({ event: z.literal('peer'), data: Peer })
      .describe('Connected, disconnected, by another address, or with another part of the folders'),
    z
      .object({ event: z.literal('nearby'), data: z.array(NearbyDevice) })
      .describe('All nearby devices; told while pairing is open, and each time that it opens'),
    z.object({ event: z.literal('pairings'), data: z.array(Pairing) }).describe('All pairings that wait for somebody'),
    z.object({ event: z.literal('pairing-ended'), data: PairingEnd }).describe('A pairing that waited is over'),
    z.object({ event: z.literal('transfers'), data: Transfers }).describe('At most every half second, and once when all is done'),
    z
      .object({ event: z.literal('progress'), data: Progress })
      .describe('How far a long command has come; at most every quarter of a second'),
    z.object({ event: z.literal('activity'), data: Activity }),
    z.object({ event: z.literal('conflicts'), data: z.object({ folder: z.string() }) }).describe('Ask again for its conflicts'),
    z.object({ event: z.literal('problems'), data: z.object({ folder: z.string() }) }).describe('Ask again for its problems'),
    z.object({ event: z.literal('resync'), data: z.object({}) }).describe('Events were passed over: ask again for everything'),
  ])
  .meta({ id: 'Event' })

export type ApiEvent = z.infer<typeof ApiEvent>
export type ApiEventName = ApiEvent['event']

/** Every kind of event, for clients that must name what they listen to. */
export const EVENT_NAMES: readonly ApiEventName[] = ApiEvent.options.map((option) => option.shape.event.value)
