import { shellWord } from '#base'
import { calledIn, type Device, type FolderStatus, type Status } from '#api/contract'
import type { Transport } from '#api/client'
import type { Command } from '../command.ts'
import { NO_FOLDERS, removalOf } from '../removal.ts'
import { duration, size, table } from '../text.ts'

/** The reason code of a folder that fewer devices hold than there are to be copies. */
const DEGRADED = 'degraded'
const UNHELD = 'unheld'

export const status: Command = {
  words: 'status',
  synopsis: '',
  summary: 'This device, its folders, the others, and what is to be done.',
  async run({ connect, output, json }) {
    const { client, transport } = await connect()
    const [result, group] = await Promise.all([client.status(), client.devices()])
    const link = json ? '' : await pageLink(transport)
    output.result(result, () => describe(result, link, group))
  },
}

/** A link that opens the page in a browser, once; of no interest to programs. */
async function pageLink(transport: Transport): Promise<string> {
  const answer = await transport('/api/v1/page-link', { method: 'POST', headers: {} })
  return ((await answer.json()) as { url: string }).url
}

function describe(result: Status, link: string, group: readonly Device[]): string {
  const { receiveBytesPerSecond: down, sendBytesPerSecond: up } = result.rates
  const folders = result.folders.map((folder) => [
    folder.name,
    folder.state,
    folder.role,
    amount(folder),
    folder.protectedPercent === null ? null : `${folder.protectedPercent} %`,
    folder.path,
    folder.reason,
  ])
  const isStorage = group.some(({ device, role }) => device === result.device && role === 'storage')
  const { called } = calledIn([result, ...result.peers])
  const peers = result.peers.map((peer) => [
    called(peer.device),
    `${peer.connected ? 'connected' : 'away'}${peer.obstacle === null ? '' : `, ${OBSTACLES[peer.obstacle]}`}`,
    peer.rttMs === null ? null : `${peer.rttMs.toFixed(1)} ms`,
    peer.address ?? peer.device,
  ])
  return [
    `${result.name}  ${result.device}  up ${duration(result.uptimeSeconds)}`,
    ...result.addresses.map((address) => `  ${address}`),
    `  page: ${link}`,
    ...removal(result),
    ...(down + up > 0 ? [`  receiving ${size(down)}/s, sending ${size(up)}/s`] : []),
    '',
    table(['FOLDER', 'STATE', 'ROLE', 'ENTRIES', 'PROTECTED', 'PLACE', 'WHY'], folders) ||
      (isStorage ? NO_FOLDERS : 'No folders yet: holdfast folder create PATH'),
    ...result.folders.flatMap(attention),
    ...heldDamage(result),
    ...safety(result),
    '',
    table(['DEVICE', 'STATE', 'PING', 'ADDRESS'], peers) || alone(result, isStorage),
    ...kits(group),
  ].join('\n')
}

const OBSTACLES = { full: 'full', refused: 'takes nothing from here', lies: 'lacks what it says it has' }

/** What keeps versions from being safe, said once of all folders of which it is so. */
function safety({ folders, peers }: Status): string[] {
  const all = folders.flatMap((folder) => folder.notes)
  const isSaid = peers.length === 0 && isAllHere(folders)
  const notes = all.filter(({ reasonCode }) => !isSaid || reasonCode !== DEGRADED)
  const alike = Map.groupBy(notes, ({ message, hint }) => `${message}: ${hint}`)
  return [...alike].map(([text, all]) => `  ${all.map(({ folder }) => folder).join(', ')}: ${text}`)
}

/** Has this device, alone as it is, all of its folders, with fewer copies than there are to be? */
function isAllHere(folders: readonly FolderStatus[]): boolean {
  const codes = new Set(folders.flatMap(({ notes }) => notes.map(({ reasonCode }) => reasonCode)))
  return codes.has(DEGRADED) && !codes.has(UNHELD)
}

/** Everybody begins so: said once, and with what to do. */
function alone({ folders }: Status, isStorage: boolean): string {
  if (isStorage) return 'No other devices are left in the group: holdfast leave ends it here'
  return `No other devices yet${isAllHere(folders) ? ', so all of it is on this one alone' : ''}: holdfast invite`
}

/** By what the folders come back when all members are gone. */
function kits(group: readonly Device[]): string[] {
  const names = group.filter(({ role }) => role === 'recovery').map(({ name }) => name)
  return names.length === 0 ? [] : ['', `Recovery kits: ${names.join(', ')}`]
}

/** Said first: without it the folders look as if all were well. */
function removal(result: Status): string[] {
  const removed = removalOf(result)
  if (removed === null) return []
  if (result.removed?.role === 'storage')
    return [
      '',
      `  ${removed}, for which it held sealed`,
      '  blocks. To be in the group again: holdfast invite --role storage on one of its members, then here holdfast join CODE. To',
      '  give their room back for good: holdfast gc --abandoned, and holdfast leave to hear no more of this.',
    ]
  return [
    '',
    `  ${removed}: its folders are no longer synced with that`,
    '  group. The files are still here. To be in the group again: holdfast invite on one of its devices, then here',
    '  holdfast join CODE. To begin a group of your own, with these folders: holdfast invite here. To go on alone:',
    '  holdfast leave.',
  ]
}

function amount({ entries, bytes, needEntries, needBytes }: FolderStatus): string {
  const all = `${entries} (${size(bytes)})`
  return needEntries === 0 ? all : `${all}, ${needEntries} to come (${size(needBytes)})`
}

/** Of folders that this device has no part in. */
function heldDamage({ store, folders }: Status): string[] {
  const held = (store.damaged ?? 0) - folders.reduce((sum, { damaged }) => sum + damaged, 0)
  if (held <= 0) return []
  const [pieces, them] = held === 1 ? ['1 piece', 'it'] : [`${held} pieces`, 'them']
  return [
    `  ${pieces} that this device holds for others damaged or gone here: devices that have the folder bring ${them} again when they are connected; check this disk`,
  ]
}

/** What the user can do about a folder, as commands. */
function attention({ name, state, reasonCode, conflicts, problems, damaged }: FolderStatus): string[] {
  const word = shellWord(name)
  const lines: string[] = []
  if (state === 'paused') lines.push(`  ${name}: holdfast folder resume ${word} ends the pause`)
  if (state === 'held')
    lines.push(
      `  ${name}: holdfast folder approve ${word} deletes them everywhere, holdfast folder reject ${word} brings them back`,
    )
  if (reasonCode === 'local-edits') lines.push(`  ${name}: holdfast folder revert ${word} gives the local edits up`)
  if (state === 'offered') lines.push(`  ${name}: holdfast folder join ${word} PATH`)
  if (conflicts > 0) lines.push(`  ${name}: ${conflicts === 1 ? '1 file' : `${conflicts} files`} in conflict: holdfast conflicts`)
  if (problems > 0) lines.push(`  ${name}: ${problems} not syncing: holdfast folder problems ${word}`)
  if (damaged > 0)
    lines.push(
      `  ${name}: ${damaged === 1 ? '1 piece' : `${damaged} pieces`} of its versions damaged in the store here: connect the other devices, holdfast scrub tries again`,
    )
  return lines
}
