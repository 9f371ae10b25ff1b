import { holdWithSeeds } from './hold-with-seeds.ts'

holdWithSeeds(321, 420, 'stores')
