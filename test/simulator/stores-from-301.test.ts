import { holdWithSeeds } from './hold-with-seeds.ts'

holdWithSeeds(301, 450, 'stores')
