import type { Problem } from './folders.ts'

/** A problem, and how many entries below its path have the same one. */
export interface ProblemTree extends Problem {
  below: number
}

/** Problems as people are told them: what a whole tree has in common is said once, of its top. In the order of the list. */
export function problemTrees(problems: readonly Problem[]): ProblemTree[] {
  const all = problems.map((problem): ProblemTree => ({ ...problem, below: 0 }))
  // Of a path that has several the first one is that of its tree.
  const trees = new Map(all.toReversed().map((tree) => [tree.path, tree]))
  const tops: ProblemTree[] = []
  for (const tree of all) {
    const top = topOf(tree, trees)
    if (top === tree) tops.push(tree)
    else top.below++
  }
  return tops
}

/** The highest of the directories above an entry that are listed without a gap, each with the same problem. */
function topOf(tree: ProblemTree, trees: ReadonlyMap<string, ProblemTree>): ProblemTree {
  for (let top = tree; ;) {
    const above = trees.get(top.path.slice(0, Math.max(0, top.path.lastIndexOf('/'))))
    if (above === undefined || above === top || above.code !== tree.code || above.message !== tree.message) return top
    top = above
  }
}
