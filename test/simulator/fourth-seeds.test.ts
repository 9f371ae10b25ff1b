import { holdWithSeeds } from './hold-with-seeds.ts'

holdWithSeeds(161, 320, 'stores')
