import { holdWithSeeds } from './hold-with-seeds.ts'

holdWithSeeds(151, 310, 'stores')
