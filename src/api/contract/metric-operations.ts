import * as z from 'zod'
import { MetricHistory, Space, Upkeep } from './metrics.ts'
import { operation } from './operation.ts'

const nothing = z.strictObject({})

/** Figures over time, and of the disk. */
export const metricOperations = {
  metricHistory: operation(
    'GET',
    '/metrics/history',
    null,
    'How rates, the store and protection went over the last hour, day or month',
    z.strictObject({ span: z.enum(['1h', '24h', '30d']).default('1h') }),
    MetricHistory,
  ),
  space: operation('GET', '/space', null, 'What each folder takes on this disk', nothing, z.array(Space)),
  upkeep: operation('GET', '/upkeep', null, 'When the store was last looked after, and the room there is', nothing, Upkeep),
} as const
