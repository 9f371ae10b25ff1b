import { holdWithSeeds } from './hold-with-seeds.ts'

holdWithSeeds(51, 100)
