import { holdWithSeeds } from './hold-with-seeds.ts'

// 310 about stores, in two files as well.
holdWithSeeds(1, 150, 'stores')
