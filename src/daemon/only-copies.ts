import { shellWord } from '#base'
import type { Remark } from '#api/contract'
import type { DeviceId } from '#model'
import { hasKept } from '#replication'
import type { BackendContext } from './backend-context.ts'
import { Elsewhere, pagesOf } from './elsewhere.ts'
import { takersOf } from './folder-layout.ts'
import type { OpenFolder } from './folder-opener.ts'
import { remark, yesNo } from './remarks.ts'

/** Paths that are named. */
const NAMED = 3

interface OnlyContext {
  network: { readonly group: Pick<BackendContext['network']['group'], 'device' | 'state'> }
  registry: { readonly folders: readonly OnlyFolder[] }
  membership: Pick<BackendContext['membership'], 'called'>
}

type OnlyFolder = Pick<OpenFolder, 'stored' | 'index' | 'keeping' | 'sync'>

/** What is on one device alone; `isMost`: another one may have some of it. */
interface Only {
  versions: number
  isMost: boolean
  /** With the bytes of the largest version of each. */
  paths: Map<string, number>
}

/**
 * What goes with a device that leaves, or is put out, without handing it over: of each folder the versions whose content no other device has, as far as
 * they have said.
 */
export async function onlyCopies(context: OnlyContext, device: DeviceId): Promise<Remark[]> {
  const { network, registry, membership } = context
  const isOwn = device === network.group.device
  const name = isOwn ? '' : membership.called()(device)
  const notes: Remark[] = []
  for (const folder of registry.folders) {
    const only = await onlyIn(context, folder, device)
    if (only.versions === 0) continue
    const { name: called } = folder.stored
    const word = shellWord(called)
    const values = {
      versions: only.versions,
      most: yesNo(only.isMost),
      own: yesNo(isOwn),
      device: name,
      removal: yesNo(false),
      ...largest(only),
    }
    const hint = isOwn
      ? `it stays here; to give it to the others: holdfast join CODE, with a code that one of them makes (holdfast invite), and then holdfast wait --folder ${word} --for protected`
      : `where that device is there still, let it join again (holdfast invite) and wait: holdfast wait --folder ${word} --for protected; where it is gone, so is this: holdfast rm ${shellWord(`${called}/PATH`)} deletes an entry that nobody has, holdfast gc --lost gives up versions`
    notes.push(remark(called, 'only-copy', values, hint))
  }
  return notes
}

/** The largest files by name, and how many more there are. */
function largest({ paths }: Only): { paths: string; more: number } {
  const named = [...paths].toSorted(([, one], [, other]) => other - one).slice(0, NAMED)
  return { paths: named.map(([path]) => path).join(', '), more: paths.size - named.length }
}

async function onlyIn({ network: { group } }: OnlyContext, folder: OnlyFolder, device: DeviceId): Promise<Only> {
  const { index, keeping, stored } = folder
  const only: Only = { versions: 0, isMost: false, paths: new Map() }
  const isOwn = device === group.device
  if (index === null || keeping === null || (isOwn && !keeping.keeps)) return only
  const others = takersOf(group.state, stored.id).filter((each) => each !== device && each !== group.device)
  const elsewhere = await Elsewhere.look(folder, device)
  const kept = keeping.holders.keptOf(device)
  for await (const page of pagesOf(folder)) {
    const lone = page.filter((item) => {
      const { version } = item
      return (isOwn || version.author === device || hasKept(kept, version)) && !elsewhere.has(item)
    })
    // What is on this device's disk is its own to give, or is not lost.
    const here = keeping.keeps && lone.length > 0 ? await keeping.past.areHere(lone.map(({ version }) => version)) : []
    for (const [at, { version }] of lone.entries()) {
      if ((here[at] === true) !== isOwn) continue
      only.versions++
      only.isMost ||= others.some((each) => elsewhere.mayHave(each, version))
      only.paths.set(version.path, Math.max(version.size, only.paths.get(version.path) ?? 0))
    }
  }
  return only
}
