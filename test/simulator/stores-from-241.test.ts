import { holdWithSeeds } from './hold-with-seeds.ts'

holdWithSeeds(241, 320, 'stores')
