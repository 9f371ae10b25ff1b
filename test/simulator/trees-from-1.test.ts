import { holdWithSeeds } from './hold-with-seeds.ts'

// 180 about trees and 320 about stores, in files that run side by side.
holdWithSeeds(1, 50)
