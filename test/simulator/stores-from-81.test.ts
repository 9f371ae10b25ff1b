import { holdWithSeeds } from './hold-with-seeds.ts'

holdWithSeeds(81, 160, 'stores')
