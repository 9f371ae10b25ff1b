import { holdWithSeeds } from './hold-with-seeds.ts'

// 320 about stores, in two files as well: 500 in all.
holdWithSeeds(1, 160, 'stores')
