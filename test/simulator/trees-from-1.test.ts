import { holdWithSeeds } from './hold-with-seeds.ts'

holdWithSeeds(1, 50)
