import { HoldfastError } from '#base'
import type { Backend } from '#api'
import type {
  Activity,
  ApiEvent,
  Device,
  FolderChange,
  FolderStatus,
  NearbyDevice,
  Pairing,
  Problem,
  Setting,
  Status,
  Transfers,
  Remark,
} from '#api/contract'
import { memoryContent } from './memory-content.ts'
import { memoryHistory } from './memory-history.ts'
import { memoryLookups } from './memory-lookups.ts'

export const THIS = '12D3KooWBmwkafWE2fqfzS96VoTZgpGp6aJsF4N9xvd9FnQk7e3A'
export const OTHER = '12D3KooWQYV9dGMFoRzNStwpXztXaBUjtPqi6aU76ZgUriHhKust'
export const STRANGER = '12D3KooWRBy97UB99e3J6hiPesre1MZeuNQvfan4gBziswrRJsNK'
export const GROUP = 'aaaaaaaaaaaaaaaaaaaaaaaaaa'
const TIME = '2030-01-02T03:04:05.000Z'
const SECRET = { message: 'permission denied', hint: 'let this user read it' }
const LATELY = { by: OTHER, name: 'kitchen', time: TIME }

/** A daemon that only remembers: it answers every operation in the contract's shapes, and announces what was changed by hand. */
export class MemoryBackend implements Backend {
  readonly #lookups = memoryLookups(LATELY)
  readonly #history = memoryHistory(LATELY)
  readonly listeners = new Set<(event: ApiEvent) => void>()
  readonly calls: { name: string; input: unknown }[] = []
  healthy = true
  removed: Status['removed'] = null
  damaged: number | null = null
  /** How a pairing that waits ends, or undefined while it does not. */
  outcome: Promise<{ group: string; device: string }> = Promise.resolve({ group: GROUP, device: STRANGER })
  peerList: Status['peers'] = [
    {
      device: OTHER,
      name: 'kitchen',
      connected: true,
      address: '/ip4/192.0.2.4/tcp/4001',
      rttMs: 1.2,
      syncedPercent: null,
      obstacle: null,
    },
  ]
  waiting: ((signal: AbortSignal) => Promise<void>) | undefined
  aborted = 0
  notes: Remark[] = []
  /** In order. */
  listed = ['img-1.jpg']
  kept: { device: string; name: string; role: 'sync' }[] = []

  folderList: FolderStatus[] = [
    folderStatus('photos', 'a'.repeat(26), {
      path: '/home/me/photos',
      entries: 1200,
      bytes: 5_000_000_000,
      conflicts: 1,
      problems: 1,
    }),
    folderStatus('music', 'e'.repeat(26), { state: 'offered', reasonCode: 'offered', reason: 'Offered by kitchen.', path: null }),
  ]
  movedBytes = 2048
  deviceList: Device[] = [
    { device: THIS, name: 'desk', role: 'member', connected: true, lastSeen: null, pledgeBytes: null },
    { device: OTHER, name: 'kitchen', role: 'member', connected: true, lastSeen: TIME, pledgeBytes: null },
  ]
  folderChanges: FolderChange[] = [
    { folder: 'photos', places: 1024, newHolders: 512, copies: 3, copiesAfter: 2, wantedCopies: 3 },
  ]
  nearbyList: NearbyDevice[] = [{ device: STRANGER, name: 'phone', address: '/ip4/192.0.2.7/tcp/4001', digits: null }]
  pairingList: Pairing[] = []
  activityList: Activity[] = [1, 2, 3].map((number) => ({
    number,
    time: TIME,
    event: 'added',
    folder: 'photos',
    path: `img-${number}.jpg`,
    from: null,
    device: OTHER,
    by: 'kitchen',
    detail: '',
  }))
  problemList: Problem[] = [{ ...SECRET, folder: 'photos', path: 'secret.txt', code: 'unreadable', since: TIME }]
  readonly files = new Map<string, string>([['img.jpg', 'an image']])
  /** What reading content ends with after its first piece. */
  fault: Error | null = null
  /** Paths of what was begun to be put, and of what was not put after all. */
  readonly puts: string[] = []
  readonly failedPuts: string[] = []
  readonly #content = memoryContent(this.files, () => this.fault)
  readonly readContent = this.#content.readContent
  readonly tree = this.#content.tree
  readonly removeEntries = this.#content.removeEntries
  writeContent: Backend['writeContent'] = (input, content, signal) => {
    this.puts.push(input.path)
    const writing = this.#content.writeContent(input, content, signal)
    writing.catch(() => this.failedPuts.push(input.path))
    return this.#note('writeContent', input, writing)
  }
  readonly versions = this.#history.versions
  restore: Backend['restore'] = async (input, signal) => this.#note('restore', input, await this.#history.restore(input, signal))
  timeline: Backend['timeline'] = (input, signal) => this.#note('timeline', input, this.#lookups.timeline(input, signal))
  density: Backend['density'] = (input, signal) => this.#note('density', input, this.#lookups.density(input, signal))
  restoreMoment: Backend['restoreMoment'] = (input, signal) =>
    this.#note('restoreMoment', input, this.#lookups.restoreMoment(input, signal))
  search: Backend['search'] = (input, signal) => this.#note('search', input, this.#lookups.search(input, signal))
  entryDetails: Backend['entryDetails'] = (input, signal) =>
    this.#note('entryDetails', input, this.#lookups.entryDetails(input, signal))
  ignoreRules: Backend['ignoreRules'] = (input, signal) =>
    this.#note('ignoreRules', input, this.#lookups.ignoreRules(input, signal))
  setIgnoreRules: Backend['setIgnoreRules'] = (input, signal) =>
    this.#note('setIgnoreRules', input, this.#lookups.setIgnoreRules(input, signal))
  previewIgnore: Backend['previewIgnore'] = (input, signal) =>
    this.#note('previewIgnore', input, this.#lookups.previewIgnore(input, signal))
  directory: Backend['directory'] = (input, signal) => this.#note('directory', input, this.#lookups.directory(input, signal))
  metricHistory: Backend['metricHistory'] = (input, signal) =>
    this.#note('metricHistory', input, this.#lookups.metricHistory(input, signal))
  space: Backend['space'] = (input, signal) => this.#note('space', input, this.#lookups.space(input, signal))
  upkeep: Backend['upkeep'] = (input, signal) => this.#note('upkeep', input, this.#lookups.upkeep(input, signal))
  readonly gc = this.#history.gc
  readonly pin = this.#history.pin
  readonly unpin = this.#history.unpin
  readonly retention = this.#history.retention
  readonly setRetention = this.#history.setRetention
  readonly createSnapshot = this.#history.createSnapshot
  readonly snapshots = this.#history.snapshots
  readonly restoreSnapshot = this.#history.restoreSnapshot
  readonly deleteSnapshot = this.#history.deleteSnapshot
  transferState: Transfers = { rates: { receiveBytesPerSecond: 0, sendBytesPerSecond: 0 }, peers: [], transfers: [] }
  scanned: { changed: number; seconds: number; notes: Remark[] } = { changed: 2, seconds: 0.1, notes: [] }
  settings = new Map<string, Setting['value']>([['log_level', 'info']])
  running = new Map<string, Setting['value']>()

  subscribe(listener: (event: ApiEvent) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  announce(event: ApiEvent): void {
    for (const listener of this.listeners) listener(event)
  }

  metrics = (): Promise<string> => Promise.resolve('# TYPE holdfast_uptime_seconds gauge\nholdfast_uptime_seconds 12\n')

  status: Backend['status'] = () => {
    const status: Status = {
      device: THIS,
      name: 'desk',
      uptimeSeconds: 12.5,
      addresses: ['/ip4/127.0.0.1/tcp/4001'],
      folders: this.folderList,
      peers: this.peerList,
      removed: this.removed,
      rates: this.transferState.rates,
      store: { blocks: null, bytes: null, segmentBytes: null, damaged: this.damaged, liveBytes: null, pledgeBytes: null },
      layout: null,
      eventLoopDelayMs: { p99: 2, max: 9 },
    }
    return Promise.resolve(status)
  }
  health: Backend['health'] = () =>
    Promise.resolve({ ok: this.healthy, checks: [{ name: 'database', ok: this.healthy, detail: 'answers' }] })
  transfers: Backend['transfers'] = () => Promise.resolve(this.transferState)

  devices: Backend['devices'] = () => Promise.resolve(this.deviceList)
  removeDevice: Backend['removeDevice'] = async ({ device, dryRun }) => {
    const found = this.deviceList.find((item) => item.name === device || item.device.endsWith(device))
    if (found === undefined)
      throw new HoldfastError('not-found', `no device ${device} in the group`, { hint: 'see holdfast devices' })
    const told = { device: found.device, removed: !dryRun, notes: [], folders: this.folderChanges }
    if (dryRun) return told
    this.deviceList = this.deviceList.filter((item) => item !== found)
    this.announce({ event: 'devices', data: this.deviceList })
    return told
  }
  createInvite: Backend['createInvite'] = (input) => this.#note('createInvite', input, { code: 'hf1-abcdefgh', expires: TIME })
  joinGroup: Backend['joinGroup'] = async (input) => {
    if (input.code === 'wrong') throw new HoldfastError('denied', 'this code is not valid', { hint: 'ask for a new one' })
    return this.#note('joinGroup', input, { group: GROUP, device: OTHER })
  }
  leaveGroup: Backend['leaveGroup'] = (input) => this.#note('leaveGroup', input, { left: true, notes: [] })

  nearby: Backend['nearby'] = () => Promise.resolve(this.nearbyList)
  openPairing: Backend['openPairing'] = (input) => {
    this.announce({ event: 'nearby', data: this.nearbyList })
    return this.#note('openPairing', input, { until: TIME })
  }
  pairings: Backend['pairings'] = () => Promise.resolve(this.pairingList)
  pair: Backend['pair'] = async ({ device }) => {
    const found = this.nearbyList.find((item) => item.name === device || item.device.endsWith(device))
    if (found === undefined) throw new HoldfastError('not-found', `no device ${device} nearby`)
    return this.#put({ ...pairing(found), incoming: false })
  }
  acceptPairing: Backend['acceptPairing'] = async (input) => {
    const found = this.#pairing(input.device)
    if (found.digits !== input.digits) throw new HoldfastError('denied', 'the digits differ', { hint: 'refuse it' })
    return this.#note('acceptPairing', input, this.#put({ ...found, acceptedHere: true }))
  }
  refusePairing: Backend['refusePairing'] = async (input) => {
    const found = this.#pairing(input.device)
    this.pairingList = this.pairingList.filter((item) => item !== found)
    this.announce({ event: 'pairings', data: this.pairingList })
    return this.#note('refusePairing', input, { device: found.device })
  }
  pairingOutcome: Backend['pairingOutcome'] = () => this.outcome

  folders: Backend['folders'] = () =>
    Promise.resolve(
      this.folderList.map(({ id, name, path, role, state, copies, wantedCopies, outOfReach }) => ({
        ...{ id, name, path, role, copies, wantedCopies, outOfReach },
        offered: state === 'offered',
      })),
    )
  createFolder: Backend['createFolder'] = async ({ path, name }) => {
    if (path.includes('missing'))
      throw new HoldfastError('not-found', `${path} is not there`, { hint: 'make the directory first' })
    const folder = folderStatus(name ?? path.split('/').at(-1) ?? '', 'i'.repeat(26), { path })
    if (this.folderList.some((item) => item.name === folder.name)) throw new HoldfastError('exists', `${path} is shared already`)
    return this.#folder(folder)
  }
  shareFolder: Backend['shareFolder'] = async ({ folder, device, role }) => ({
    id: this.#find(folder).id,
    device,
    role,
    kept: this.kept,
  })
  folderRoles: Backend['folderRoles'] = async (input) =>
    this.#note(
      'folderRoles',
      input,
      this.deviceList.map(({ device, name }) => ({ device, name, role: 'sync' as const, own: false })),
    )
  joinFolder: Backend['joinFolder'] = async ({ folder, path }) =>
    this.#folder({ ...this.#find(folder), path, state: 'syncing', reasonCode: 'receiving', reason: 'Receiving files.' })
  leaveFolder: Backend['leaveFolder'] = async ({ folder }) => {
    const { id } = this.#find(folder)
    this.folderList = this.folderList.filter((item) => item.id !== id)
    this.announce({ event: 'folder-gone', data: { id } })
    return { id }
  }
  pauseFolder: Backend['pauseFolder'] = async (input) => {
    const { id } = this.#folder({ ...this.#find(input.folder), state: 'paused', reasonCode: 'paused', reason: 'Paused.' })
    return this.#note('pauseFolder', input, { id })
  }
  resumeFolder: Backend['resumeFolder'] = async ({ folder }) => {
    const { id } = this.#folder({ ...this.#find(folder), state: 'idle', reasonCode: 'up-to-date', reason: 'Up to date.' })
    return { id }
  }
  approveFolder: Backend['approveFolder'] = (input) =>
    this.#note('approveFolder', input, { id: this.#find(input.folder).id, state: 'idle' as const, changed: 1 })
  rejectFolder: Backend['rejectFolder'] = async ({ folder }) => ({ id: this.#find(folder).id, state: 'syncing', changed: 1 })
  unblockFolder: Backend['unblockFolder'] = async ({ folder }) => ({ id: this.#find(folder).id, state: 'scanning', changed: 1 })
  revertFolder: Backend['revertFolder'] = async ({ folder }) => ({ id: this.#find(folder).id, state: 'syncing', changed: 1 })
  problems: Backend['problems'] = async ({ folder }) => {
    const { name } = this.#find(folder)
    return this.problemList.filter((problem) => problem.folder === name)
  }
  archive: Backend['archive'] = async (input) => {
    this.#find(input.folder)
    return this.#note('archive', input, [{ name: '1-img.jpg', path: 'img.jpg', time: TIME, size: 9 }])
  }
  restoreArchived: Backend['restoreArchived'] = async ({ folder, to }) => ({ path: to ?? `${this.#find(folder).path}/img.jpg` })

  wait: Backend['wait'] = async (input, signal) => {
    signal.addEventListener('abort', () => this.aborted++)
    if (input.for === 'protected') throw new HoldfastError('unsupported', 'nothing is protected in this version yet')
    if (this.waiting !== undefined) await this.waiting(signal)
    if (input.timeoutSeconds !== null && input.timeoutSeconds < 1) throw new HoldfastError('timeout', 'not synced in time')
    return this.#note('wait', input, { synced: true, seconds: 0.25, notes: this.notes })
  }
  obstacles: Backend['obstacles'] = () => Promise.resolve(this.notes)
  scan: Backend['scan'] = (input) => this.#note('scan', input, this.scanned)
  list: Backend['list'] = async (input) => {
    if (input.folder === undefined) {
      const root = { path: '', kind: 'directory', size: 0, modified: null, version: null, state: 'here' } as const
      return this.#note(
        'list',
        input,
        this.folderList.map(({ name }) => ({ folder: name, ...root })),
      )
    }
    const folder = this.#find(input.folder).name
    const file = { folder, kind: 'file', size: 1234, modified: TIME, version: 'ab'.repeat(16), state: 'here' } as const
    const all = this.listed.filter((path) => path > input.after).slice(0, input.limit)
    return this.#note(
      'list',
      input,
      all.map((path) => ({ ...file, path })),
    )
  }
  conflicts: Backend['conflicts'] = () =>
    Promise.resolve([
      {
        folder: 'photos',
        path: 'notes.txt',
        with: 'notes.conflict-20300102-030405-QWERTYUI-ab12.txt',
        device: OTHER,
        by: 'kitchen',
        time: TIME,
        shownDevice: THIS,
        shownBy: 'desk',
      },
    ])
  resolveConflict: Backend['resolveConflict'] = (input) =>
    this.#note('resolveConflict', input, { folder: input.folder, path: input.path })

  activity: Backend['activity'] = async ({ before, limit }) =>
    this.activityList
      .filter((item) => before === 0 || item.number < before)
      .toReversed()
      .slice(0, limit)
  config: Backend['config'] = async () => [...this.settings].map(([key, value]) => this.#setting(key, value))
  configGet: Backend['configGet'] = async ({ key }) => {
    const value = this.settings.get(key)
    if (value === undefined) throw new HoldfastError('not-found', `there is no setting ${key}`)
    return this.#setting(key, value)
  }
  configSet: Backend['configSet'] = async ({ key, value }) => {
    this.settings.set(key, value)
    return this.#setting(key, value)
  }
  exportRecovery: Backend['exportRecovery'] = async (input) =>
    this.#note('exportRecovery', input, {
      folders: [{ id: 'a'.repeat(26), name: 'photos' }],
      device: STRANGER,
      name: 'recovery-kit',
      file: input.file,
      words: input.words ? Array.from({ length: 24 }, () => 'zebra') : null,
      addresses: ['/ip4/10.0.0.7/tcp/4001'],
      notes: [],
    })
  restoreRecovery: Backend['restoreRecovery'] = async (input) =>
    this.#note('restoreRecovery', input, {
      folders: [{ id: 'a'.repeat(26), name: 'photos', path: null }],
      group: GROUP,
      notes: [],
    })
  rebalance: Backend['rebalance'] = async (input) =>
    this.#note('rebalance', input, { epoch: 3, freedBytes: 0, waitingBytes: 0, movedBytes: this.movedBytes, notes: this.notes })

  repair: Backend['repair'] = async (input) =>
    this.#note('repair', input, {
      checked: 1200,
      repaired: 2,
      lacking: 1,
      files: 30,
      damaged: 4,
      healed: 2,
      unneeded: 1,
      inFiles: 1,
      waiting: 1,
      elsewhere: [{ folder: 'photos', device: 'nas', missing: 3, repaired: 1 }],
      notes: this.notes,
    })

  scrub: Backend['scrub'] = async (input) => {
    this.announce({ event: 'progress', data: { command: 'scrub', done: 3, total: 10, unit: 'blocks' } })
    return this.#note('scrub', input, {
      checked: 10,
      damaged: 4,
      healed: 1,
      unneeded: 2,
      inFiles: 1,
      waiting: 1,
      notes: this.notes,
    })
  }

  supportBundle: Backend['supportBundle'] = (input) => this.#note('supportBundle', input, { file: input.file })

  #setting(key: string, value: Setting['value']): Setting {
    return { key, value, running: this.running.get(key) ?? value }
  }

  async #note<T>(name: string, input: unknown, result: T | Promise<T>): Promise<T> {
    this.calls.push({ name, input })
    return result
  }

  #find(ref: string): FolderStatus {
    const found = this.folderList.find((item) => item.name === ref || item.id === ref)
    if (found === undefined)
      throw new HoldfastError('not-found', `no folder ${ref} on this device`, { hint: 'see holdfast folder list' })
    return found
  }

  #folder(status: FolderStatus): { id: string; name: string; path: string | null } {
    this.folderList = [...this.folderList.filter((item) => item.id !== status.id), status]
    this.announce({ event: 'folder', data: status })
    return { id: status.id, name: status.name, path: status.path }
  }

  #pairing(ref: string): Pairing {
    const found = this.pairingList.find((item) => item.name === ref || item.device.endsWith(ref))
    if (found === undefined) throw new HoldfastError('not-found', `no pairing with ${ref} waits`)
    return found
  }

  #put(next: Pairing): Pairing {
    this.pairingList = [...this.pairingList.filter((item) => item.device !== next.device), next]
    this.announce({ event: 'pairings', data: this.pairingList })
    return next
  }
}

export function folderStatus(name: string, id: string, more: Partial<FolderStatus> = {}): FolderStatus {
  return {
    id,
    name,
    path: `/home/me/${name}`,
    foldsCase: false,
    role: 'sync',
    state: 'idle',
    reasonCode: 'up-to-date',
    reason: 'Up to date.',
    entries: 0,
    bytes: 0,
    needEntries: 0,
    needBytes: 0,
    conflicts: 0,
    heldEntries: 0,
    problems: 0,
    protectedPercent: null,
    copies: null,
    wantedCopies: null,
    lost: 0,
    outOfReach: [],
    damaged: 0,
    notes: [],
    ...more,
  }
}

export function pairing(from: { device: string; name: string; address: string }): Pairing {
  return {
    ...from,
    digits: '314159',
    incoming: true,
    acceptedHere: false,
    acceptedThere: false,
    expires: '2030-01-02T03:09:05.000Z',
  }
}
