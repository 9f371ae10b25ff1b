import { holdWithSeeds } from './hold-with-seeds.ts'

holdWithSeeds(321, 390, 'stores')
