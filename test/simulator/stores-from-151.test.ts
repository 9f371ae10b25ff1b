import { holdWithSeeds } from './hold-with-seeds.ts'

holdWithSeeds(151, 300, 'stores')
