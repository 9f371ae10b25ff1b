import { holdWithSeeds } from './hold-with-seeds.ts'

// 200 in two files, which run side by side.
holdWithSeeds(1, 100)
