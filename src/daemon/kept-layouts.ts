import type { DeviceId } from '#model'
import { decodeLayout, type Layout } from '#replication'

/** What a device keeps of layouts over a restart. */
export interface KeptLayouts {
  current: Layout
  previous: Layout | null
  /** When it saw another device last, or when layouts began to say that it is here, if that is later; ms. */
  seen: ReadonlyMap<DeviceId, number>
}

export function keptText({ current, previous, seen }: KeptLayouts): string {
  return JSON.stringify({ current: textOf(current), previous: previous === null ? null : textOf(previous), seen: [...seen] })
}

/** Throws where it is no such text. */
export function readKept(text: string): KeptLayouts {
  const { current, previous, seen } = JSON.parse(text) as { current: string; previous: string | null; seen: [DeviceId, number][] }
  return { current: layoutIn(current), previous: previous === null ? null : layoutIn(previous), seen: new Map(seen) }
}

function textOf({ bytes }: Layout): string {
  return Buffer.from(bytes).toString('base64')
}

function layoutIn(text: string): Layout {
  return decodeLayout(new Uint8Array(Buffer.from(text, 'base64')))
}
