import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Of so many files that are started one is of the simulator, as long as there are any. */
const ONE_OF = 4

/** The usual order, but for the simulator's files, which go between those of whole daemons: the one computes while the others wait. */
export class Order extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const usual = await super.sort(files)
    const isSimulated = ({ project }: TestSpecification): boolean => project.name === 'simulator'
    const sorted = usual.filter((file) => !isSimulated(file))
    const first = sorted.findIndex(({ project }) => project.name === 'process')
    for (const [at, file] of usual.filter(isSimulated).toSorted(longestFirst).entries())
      sorted.splice((first === -1 ? sorted.length : first) + at * ONE_OF, 0, file)
    return sorted
  }
}

/** Those about trees take twice as long as the others: one that began last would be waited for when all else is done. */
function longestFirst(a: TestSpecification, b: TestSpecification): number {
  return Number(b.moduleId.includes('/trees-')) - Number(a.moduleId.includes('/trees-'))
}
