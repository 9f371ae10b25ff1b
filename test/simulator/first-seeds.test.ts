import { holdWithSeeds } from './hold-with-seeds.ts'

// 180 about trees in two files, which run side by side.
holdWithSeeds(1, 90)
