import { holdWithSeeds } from './hold-with-seeds.ts'

holdWithSeeds(391, 450, 'stores')
