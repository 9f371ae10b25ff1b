import * as z from 'zod'
import { PastVersion } from './history.ts'
import { Count, Time } from './words.ts'

/** One change of a folder: a version, and what it changed. */
export const Change = PastVersion.pick({
  version: true,
  time: true,
  device: true,
  by: true,
  kind: true,
  size: true,
  cause: true,
  forgotten: true,
  pinned: true,
  current: true,
})
  .extend({
    path: z.string().describe('Relative to the folder, with /'),
    sizeBefore: Count.nullable().describe(
      'Of the version that it followed; null where it is the first of its path that is known',
    ),
  })
  .meta({ id: 'Change' })
export type Change = z.infer<typeof Change>

export const Timeline = z
  .object({
    changes: z.array(Change).describe('The newest first, by the clocks of their authors'),
    next: z.string().nullable().describe('What `before` of a next request takes; null: these are the last'),
  })
  .meta({ id: 'Timeline' })
export type Timeline = z.infer<typeof Timeline>

/** How many changes there were in each of some parts, equally long, of a span of time. */
export const Density = z
  .object({
    from: Time.describe('Where the first part begins'),
    until: Time.describe('Where the last one ends'),
    counts: z.array(Count).describe('The oldest part first'),
    earliest: Time.nullable().describe('Of all changes there are; null: there is none'),
  })
  .meta({ id: 'Density' })
export type Density = z.infer<typeof Density>
