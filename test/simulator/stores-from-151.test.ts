import { holdWithSeeds } from './hold-with-seeds.ts'

holdWithSeeds(161, 240, 'stores')
