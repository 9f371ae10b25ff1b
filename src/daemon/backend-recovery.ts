import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Backend } from '#api'
import { HoldfastError, shellWord, toErrorShape } from '#base'
import type { ActivityEvent } from '#db'
import { mayRead, pathFault } from '#model'
import {
  checkPassphrase,
  isListenAddress,
  kitIdentity,
  openKit,
  readRecoveryWords,
  recoveryWords,
  sealKit,
  type RecoveryKit,
  type Whereabouts,
} from '#peers'
import { awaitSecret } from './await-secret.ts'
import type { BackendContext } from './backend-context.ts'
import { readKit, writeKit } from './kit-file.ts'
import { noteOf } from './notes.ts'

type RecoveryOperations = Pick<Backend, 'exportRecovery' | 'restoreRecovery'>
type Note = { message: string; hint: string; values?: Record<string, string | number> }
type Restored = { id: string; name: string; path: string | null }

export function recoveryOperations(context: BackendContext): RecoveryOperations {
  const { network, registry, random, clock, activity } = context
  const { group, recovery } = network
  const note = (event: ActivityEvent, detail: string): void =>
    activity.add([{ time: clock.now(), event, folder: null, path: null, device: group.device, detail }])
  return {
    async exportRecovery({ file, passphrase, words }) {
      if (file === null && !words)
        throw new HoldfastError('usage', 'a recovery kit is a file, or words, or both', {
          reason: 'kit-nothing',
          hint: 'holdfast recovery export FILE, or holdfast recovery export --words',
        })
      if (file !== null) checkPassphrase(passphrase ?? '')
      const kit = recovery.draft()
      // First the file: a kit that counts and that nobody has would be of no use.
      if (file !== null) await writeKit(file, await sealKit(kit, passphrase ?? '', { random }))
      try {
        await recovery.authorise(kit)
      } catch (error) {
        if (file !== null) await rm(file, { force: true })
        throw error
      }
      note('made', `the recovery kit ${kit.name}`)
      const folders = group.state.folders.filter(({ id }) => group.secret(id) !== null).map(({ id, name }) => ({ id, name }))
      return {
        folders,
        device: kitIdentity(kit.code).device,
        name: kit.name,
        file,
        words: words ? recoveryWords(kit.code) : null,
        addresses: kit.devices.filter(({ device }) => device !== group.device).flatMap(({ addresses }) => addresses),
        notes: exportNotes(context),
      }
    },
    async restoreRecovery({ file, passphrase, words, addresses, to }) {
      const { code, devices } = await kitOf({ file, passphrase, words })
      const typed = addresses.map(place)
      if (group.state.id !== code.group && registry.folders.length > 0)
        throw new HoldfastError('conflict', 'this device has folders, and a recovery kit is for one that has none', {
          reason: 'has-folders',
          hint: `use an empty one (holdfast serve --home DIR has a home of its own), or take no part in them first: holdfast folder leave ${shellWord(registry.folders[0]!.stored.name)}`,
        })
      const known = devices.map((each) => each.addresses.map((address) => `${address}/p2p/${each.device}`))
      const isNew = group.state.id !== code.group
      await recovery.enter(code, [...typed, ...known])
      if (isNew) note('joined', 'the group, by a recovery kit')
      const { folders, notes } = await takeFolders(context, to)
      return { folders, group: code.group, notes: [...notes, ...restoreNotes(context)] }
    },
  }
}

async function kitOf({
  file,
  passphrase,
  words,
}: {
  file: string | null
  passphrase: string | null
  words: string | null
}): Promise<Pick<RecoveryKit, 'code' | 'devices'>> {
  if (words !== null && file === null) return { code: readRecoveryWords(words), devices: [] }
  if (file === null || words !== null)
    throw new HoldfastError('usage', 'a recovery needs the file of a kit, or its words', {
      reason: 'kit-needed',
      hint: 'holdfast recovery restore FILE, or holdfast recovery restore --words',
    })
  const text = await readKit(file)
  return openKit(text, passphrase ?? '').catch((error: unknown) => {
    if (!(error instanceof HoldfastError)) throw error
    const { code, message, hint } = error
    throw new HoldfastError(code, `${file}: ${message}`, { cause: error, ...error.told, ...(hint === undefined ? {} : { hint }) })
  })
}

/** An address that was typed, with or without the device at its end. */
function place(address: string): Whereabouts {
  if (isListenAddress(address.replace(/\/p2p\/[^/]+$/, ''))) return [address]
  throw new HoldfastError('usage', `${address} is no multiaddr of a TCP port`, {
    reason: 'no-address',
    values: { address },
    hint: 'for example --address /ip4/192.168.1.20/tcp/4001: holdfast status on that device shows it',
  })
}

/** Takes part in all folders of the group that this device may read, and somebody has. What is there already stays. */
async function takeFolders(
  { registry, clock, network: { group } }: BackendContext,
  to: string | null,
): Promise<{ folders: Restored[]; notes: Note[] }> {
  const folders: Restored[] = []
  const notes: Note[] = []
  for (const { id, name, isNamed, creator } of group.state.folders) {
    if (!mayRead(group.state.role(id, group.device))) continue
    const here = registry.folders.find(({ stored }) => stored.id === id)?.stored
    if (here !== undefined && (here.path !== null || to === null)) {
      folders.push({ id, name: here.name, path: here.path })
      continue
    }
    // Of its own, which it had left, before it came.
    if (here === undefined && creator === group.device) continue
    if (here === undefined && group.state.takers(id).length === 0) {
      const hint = `to have it all the same: holdfast folder join ${shellWord(name)} PATH`
      notes.push(kitNote(noteOf('kit-all-left', { folder: name }), hint))
      continue
    }
    try {
      // Its directory is called like the folder.
      if (!isNamed) await awaitSecret({ group, clock }, id, name)
      const called = group.state.folders.find((folder) => folder.id === id)?.name ?? name
      const stored = await registry.join(id, to === null ? null : join(to, directoryName(called, id)))
      folders.push({ id, name: stored.name, path: stored.path })
    } catch (error) {
      const { message, hint, reason, values } = toErrorShape(error)
      notes.push({
        message: `${name}: ${message}`,
        hint: hint ?? `holdfast folder join ${shellWord(name)} PATH`,
        values: { folder: name, ...values, ...(reason === undefined ? {} : { reason }), note: 'kit-not-joined' },
      })
    }
  }
  return { folders, notes }
}

/** What a folder is called, where that leads nowhere else: names come from other devices. */
export function directoryName(name: string, id: string): string {
  const fault = name.includes('/') || name.includes('\\') ? 'it has a slash' : pathFault(name)
  if (fault === undefined) return name
  throw new HoldfastError('denied', `no directory can have its name: ${fault}`, {
    reason: 'name-no-directory',
    values: { name },
    hint: `holdfast folder join ${id} PATH`,
  })
}

function exportNotes({ network }: BackendContext): Note[] {
  const { group } = network
  const others = network.devices().filter(({ own }) => !own)
  const closed = group.state.folders.filter(({ id }) => group.secret(id) === null)
  const notes = closed.map(({ name }) => kitNote(noteOf('kit-closed', { folder: name }), 'make another kit on a device that can'))
  for (const { name } of group.state.folders.filter(({ history }) => history === 'off'))
    notes.push(kitNote(noteOf('kit-no-history', { folder: name }), 'put what has to survive into a folder with history'))
  if (others.length === 0) notes.push(kitNote(noteOf('kit-alone', {}), 'add one: holdfast invite --role storage'))
  else if (!others.some(({ connected }) => connected))
    notes.push(kitNote(noteOf('kit-unheard', {}), 'let one connect before you rely on the kit: holdfast devices'))
  if (others.length > 0 && !others.some(({ role, device }) => role === 'storage' || group.state.pledge(device) > 0)) {
    const devices = others.map(({ name }) => name).join(', ')
    const hint = 'to have folders kept that those lack, add a device that stores them: holdfast invite --role storage'
    notes.push(kitNote(noteOf('kit-no-blocks', { devices }), hint))
  }
  return notes
}

/** Who is away is waited for, since it may know more; who is gone for good will not come. */
function restoreNotes({ network, membership, device }: BackendContext): Note[] {
  const members = network.devices().filter((each) => each.role === 'member' && each.device !== device && !each.connected)
  if (members.length === 0) return []
  const called = membership.called()
  const devices = members.map((each) => called(each.device)).join(', ')
  const hint = `of those that are gone for good: ${members.map((each) => `holdfast devices remove ${membership.reference(each.device)}`).join('; ')}`
  return [kitNote(noteOf('kit-away', { devices }), hint)]
}

function kitNote({ text: message, values }: ReturnType<typeof noteOf>, hint: string): Note {
  return { message, hint, values }
}
