import { holdWithSeeds } from './hold-with-seeds.ts'

holdWithSeeds(101, 140)
