// What imports what, measured by dependency-cruiser with the rules of floors.ts.

import { join } from 'node:path'
import { cruise as runCruise, type ICruiseResult } from 'dependency-cruiser'
import extractOptions from 'dependency-cruiser/config-utl/extract-depcruise-options'
import { rules } from './floors.ts'

export interface Cruise {
  readonly files: readonly string[] // own source files, relative to the checkout
  readonly imports: readonly { readonly from: string; readonly to: string }[] // between own files
  readonly breaches: readonly { readonly rule: string; readonly from: string; readonly to: string; readonly comment: string }[]
}

const OWN = /^(?:src|renderer|electron|bench|scripts)\//

/** Cruises the given directories of the checkout at `root`; throws when it sees no module, which would prove nothing. */
export async function cruise(root: string, directories: readonly string[]): Promise<Cruise> {
  const options = await extractOptions(join(root, '.dependency-cruiser.cjs'))
  const { output } = await runCruise([...directories], { ...options, baseDir: root, validate: true })
  const { modules, summary } = output as ICruiseResult
  const own = modules.filter((module) => OWN.test(module.source))
  if (own.length === 0) throw new Error(`dependency-cruiser saw no module in ${directories.join(', ')} of ${root}`)
  return {
    files: own.map((module) => module.source).sort(),
    imports: own.flatMap((module) =>
      module.dependencies
        .filter(({ resolved }) => OWN.test(resolved))
        .map(({ resolved }) => ({ from: module.source, to: resolved })),
    ),
    breaches: summary.violations.map(({ rule, from, to }) => ({
      rule: rule.name,
      from,
      to,
      comment: rules.find(({ name }) => name === rule.name)?.comment ?? '',
    })),
  }
}
