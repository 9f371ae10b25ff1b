import { holdWithSeeds } from './hold-with-seeds.ts'

// 140 about trees and 360 about stores, in files that run side by side.
holdWithSeeds(1, 50)
