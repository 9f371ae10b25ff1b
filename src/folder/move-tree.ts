import { parentPath, tableKind, tablePaths, tableStat, type StatTable } from '#model'
import { sameEntry } from './expected.ts'
import { diskStat, kindOf } from './filesystem.ts'
import { changed } from './step-fault.ts'
import { BoundaryFault, type Tree } from './tree.ts'

/**
 * Is everything of a directory as `entries` says, itself first? Throws a StepFault where something is not; true where there is more
 * than that. Directories that it does not name are not entered.
 */
export function hasStrangers(tree: Tree, entries: StatTable): boolean {
  const paths = tablePaths(entries)
  const places = new Map(paths.map((path, at) => [path, at]))
  let seen = 1
  let strangers = false
  const top = tree.stat(paths[0] ?? '')
  if (top === undefined || kindOf(top) !== 'directory') throw changed(paths[0] ?? '')
  if (tree.isElsewhere(paths[0] ?? '', top)) throw new BoundaryFault(paths[0] ?? '')
  paths.forEach((path, at) => {
    if (tableKind(entries, at) !== 'directory') return
    const { names, found, invalid } = tree.fs.survey(tree.root, path)
    strangers ||= invalid.length > 0
    names.forEach((name, index) => {
      const inside = `${path}/${name}`
      const place = places.get(inside)
      const stat = found[index]
      if (place === undefined) {
        strangers = true
        return
      }
      seen++
      if (stat === null || stat === undefined || stat instanceof Error) throw changed(inside)
      if (tree.isElsewhere(inside, stat)) throw new BoundaryFault(inside)
      if (!sameEntry(tableKind(entries, place), tableStat(entries, place), kindOf(stat), diskStat(stat))) throw changed(inside)
    })
  })
  if (seen !== paths.length) throw changed(parentPath(paths.at(-1) ?? ''))
  return strangers
}
