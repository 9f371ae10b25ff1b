import { holdWithSeeds } from './hold-with-seeds.ts'

holdWithSeeds(141, 180)
