import { holdWithSeeds } from './hold-with-seeds.ts'

holdWithSeeds(31, 50)
