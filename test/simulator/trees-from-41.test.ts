import { holdWithSeeds } from './hold-with-seeds.ts'

holdWithSeeds(41, 80)
