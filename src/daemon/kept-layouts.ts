import type { DeviceId } from '#model'
import { decodeLayout, type Layout } from '#replication'

/** What a device keeps of layouts over a restart. */
export interface KeptLayouts {
  current: Layout
  previous: Layout | null
  /** What an older version kept beside them of when other devices were seen last, ms. */
  seen?: readonly (readonly [DeviceId, number])[] | undefined
}

export function keptText({ current, previous }: KeptLayouts): string {
  return JSON.stringify({ current: textOf(current), previous: previous === null ? null : textOf(previous) })
}

/** Throws where it is no such text. */
export function readKept(text: string): KeptLayouts {
  const { current, previous, seen } = JSON.parse(text) as { current: string; previous: string | null } & Pick<KeptLayouts, 'seen'>
  return { current: layoutIn(current), previous: previous === null ? null : layoutIn(previous), seen }
}

function textOf({ bytes }: Layout): string {
  return Buffer.from(bytes).toString('base64')
}

function layoutIn(text: string): Layout {
  return decodeLayout(new Uint8Array(Buffer.from(text, 'base64')))
}
