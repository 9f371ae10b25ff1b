import { statfs } from 'node:fs/promises'
import type { Backend } from '#api'
import type { Activity, Health, Setting, Status, Transfers } from '#api/contract'
import { toErrorShape } from '#base'
import type { Activity as StoredActivity } from '#db'
import { count } from '#sync'
import { isoTime, type BackendContext } from './backend-context.ts'
import { detailed } from './details.ts'
import { folderStatus } from './backend-folders.ts'
import { GROUP_SETTING_KEYS, groupSettingValue, isGroupSetting, setGroupSetting } from './group-settings.ts'
import { noteOf } from './notes.ts'
import { offeredStatus } from './offered-status.ts'
import { peerStatus } from './peer-status.ts'
import { applyRateLimits } from './rate-limits.ts'
import { graceNote, pledgeNote } from './setting-notes.ts'
import type { SettingKey } from './settings.ts'
import { writeSupportBundle } from './support-bundle.ts'

const FOLDER_CHECK = 'folder '
const STORE_CHECK = 'store'
const LOW_DISK_BYTES = 64 * 1024 * 1024

type StatusOperations = Pick<
  Backend,
  'status' | 'health' | 'transfers' | 'activity' | 'config' | 'configGet' | 'configSet' | 'supportBundle' | 'metrics'
>

export function statusOperations(context: BackendContext): StatusOperations {
  const { network, registry, settings, store } = context
  return {
    async status() {
      const refreshed = registry.folders.map(async ({ keeping }) => keeping?.refresh())
      await Promise.all(refreshed).catch((error: unknown) =>
        context.logger.debug({ error }, 'what is protected could not be counted'),
      )
      return deviceStatus(context)
    },
    health: async () => health(context),
    transfers: async () => transfers(context),
    async activity({ before, limit }) {
      await context.activity.flush()
      return (await store.activity(before, limit)).map(activityTeller(context))
    },
    config: async () =>
      [...(Object.keys(settings.values) as SettingKey[]), ...GROUP_SETTING_KEYS].map((key) => setting(context, key)),
    configGet: async ({ key }) => setting(context, key),
    async configSet({ key, value }) {
      if (isGroupSetting(key)) {
        await setGroupSetting(network.group, key, value)
        return setting(context, key)
      }
      const { name } = settings.check(key, value)
      // First what can be refused: a name that the group does not take is not kept either.
      if (key === 'name') await network.group.renameDevice(network.group.device, name)
      settings.set(key, value)
      if (key === 'log_level') context.logger.setLevel(settings.values.log_level)
      if (key === 'rate_limit_up' || key === 'rate_limit_down') applyRateLimits(network, settings.values)
      if (key === 'cache_bytes') await context.cache.trim()
      if (key === 'pledge') await context.pledge.tell()
      const note =
        key === 'gc_grace'
          ? graceNote(settings.values.gc_grace)
          : key === 'pledge'
            ? pledgeNote(await context.pledge.look())
            : null
      return { ...setting(context, key), ...(note !== null && { note: note.text, values: note.values }) }
    },
    supportBundle: async ({ file }) => {
      await writeSupportBundle(context, file, await deviceStatus(context))
      return { file }
    },
    metrics: async () => metrics(await deviceStatus(context), context, registry.folders.length),
  }
}

/** An item of the activity list as people are told it. */
export function activityTeller(context: BackendContext): (item: StoredActivity & { number: number }) => Activity {
  const [names, called] = [folderNames(context), context.membership.called()]
  return (item) => ({
    ...item,
    from: item.from ?? null,
    time: isoTime(item.time),
    folder: item.folder === null ? null : (names.get(item.folder) ?? item.folder),
    by: item.device === null ? null : called(item.device),
    ...detailed(item.detail),
  })
}

/** Folder names here, by id; those only offered too. */
export function folderNames({ registry, network }: Pick<BackendContext, 'registry' | 'network'>): Map<string, string> {
  const names = new Map<string, string>(network.group.state.folders.map(({ id, name }) => [id, name]))
  for (const { stored } of registry.folders) names.set(stored.id, stored.name)
  return names
}

export function transfers({ registry, network, rates, peerRates }: BackendContext): Transfers {
  return {
    rates: rates.read(),
    peers: peerRates.read(network.peers()),
    transfers: registry.folders.flatMap(({ sync, stored }) =>
      (sync?.transfers ?? [])
        .toSorted((a, b) => b.done - a.done)
        .slice(0, MAX_TRANSFERS)
        .map(({ path, size, done, rate, devices: [device = null, ...others] }) => ({
          folder: stored.name,
          path,
          direction: 'receive' as const,
          device: others.length === 0 ? device : null,
          bytes: done,
          totalBytes: size,
          bytesPerSecond: rate,
        })),
    ),
  }
}

/** Files shown as on their way; a first sync has hundreds at once. */
const MAX_TRANSFERS = 20

async function deviceStatus(context: BackendContext): Promise<Status> {
  const { network, registry, clock, startedAt, loop, rates, membership } = context
  const { putOut } = membership
  const { current } = context.layout
  return {
    device: network.group.device,
    name: network.group.name,
    uptimeSeconds: Math.round((clock.monotonic() - startedAt) / 1000),
    addresses: network.addresses(),
    folders: [...registry.folders.map((folder) => folderStatus(context, folder)), ...offeredStatus(context)],
    peers: network
      .devices()
      .filter(({ own }) => !own)
      .map((device) => peerStatus(context, device)),
    removed:
      putOut === null
        ? null
        : { by: putOut.by, name: membership.called()(putOut.by), time: isoTime(putOut.time), role: putOut.role ?? 'member' },
    rates: rates.read(),
    store: await storeStatus(context),
    layout: current === null ? null : { epoch: current.counter, author: current.author },
    eventLoopDelayMs: loop.read(),
  }
}

async function storeStatus({ blocks, registry, logger, network: { group } }: BackendContext): Promise<Status['store']> {
  const liveBytes = registry.folders.reduce((sum, { sync }) => sum + (sync?.totals?.bytes ?? 0), 0)
  const stored = await blocks.totals().catch((error: unknown) => {
    logger.warn({ error }, 'the blocks could not be counted')
    return null
  })
  const { blocks: count = null, damaged = null, segmentBytes = null } = stored ?? {}
  const bytes = stored && stored.bytes + stored.segmentBytes
  return { blocks: count, bytes, segmentBytes, damaged, liveBytes, pledgeBytes: group.state.pledge(group.device) }
}

async function health(context: BackendContext): Promise<Health> {
  const { home, registry, network } = context
  const checks: Health['checks'] = []
  const space = await statfs(home).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => null,
  )
  checks.push({
    name: 'disk-space',
    ok: space === null || space > LOW_DISK_BYTES,
    ...checked(space === null ? noteOf('space-unknown', {}) : noteOf('space-free', { bytes: space })),
  })
  const addresses = network.addresses()
  checks.push({
    name: 'network',
    ok: addresses.length > 0,
    ...checked(addresses.length > 0 ? noteOf('listens', { addresses: addresses.join(', ') }) : noteOf('listens-nowhere', {})),
  })
  checks.push(
    await context.store.setting('health').then(
      () => ({ name: 'database', ok: true, ...checked(noteOf('answers', {})) }),
      (error: unknown) => ({ name: 'database', ok: false, ...failed(error) }),
    ),
  )
  checks.push(
    await context.blocks.totals().then(
      ({ damaged }) => ({ name: STORE_CHECK, ok: damaged === 0, ...checked(storeNote(damaged)) }),
      (error: unknown) => ({ name: STORE_CHECK, ok: false, ...failed(error) }),
    ),
  )
  for (const folder of registry.folders) {
    const { name, state, reason, notes } = folderStatus(context, folder)
    const full = (await folder.sync?.problems.full()) ?? 0
    const isServed = state !== 'blocked' && state !== 'error'
    const lost = notes.find(({ reasonCode }) => reasonCode === 'lost')?.message
    const trouble = full === 0 ? lost : `the disk is full: ${count(full, 'entry has', 'entries have')} no room on it`
    const detail = isServed ? (trouble ?? reason) : reason
    checks.push({ name: `${FOLDER_CHECK}${name}`, ok: isServed && trouble === undefined, detail })
  }
  // A folder that waits for its disk or for the user keeps nobody from being served, nor does what is lost of the past.
  return { ok: checks.every(({ ok, name }) => ok || name === STORE_CHECK || name.startsWith(FOLDER_CHECK)), checks }
}

type Checked = Pick<Health['checks'][number], 'detail' | 'values'>

function checked({ text: detail, values }: ReturnType<typeof noteOf>): Checked {
  return { detail, values }
}

/** Of a failure its own reason goes with it. */
function failed(error: unknown): Checked {
  const { message: detail, reason, values } = toErrorShape(error)
  return { detail, values: { ...values, ...(reason === undefined ? {} : { reason }), note: 'failed' } }
}

function storeNote(damaged: number): ReturnType<typeof noteOf> {
  return damaged === 0 ? noteOf('store-well', {}) : noteOf('store-damaged', { blocks: damaged })
}

function setting({ settings, running, network }: BackendContext, key: string): Setting {
  if (isGroupSetting(key)) {
    const value = groupSettingValue(network.group, key)
    return { key, value, running: value }
  }
  const value = settings.get(key)
  const { name, device, state } = network.group
  // The level of the log is changed at once.
  const used: Partial<Record<string, typeof value>> = {
    ...running(),
    name,
    pledge: state.pledge(device) || settings.values.pledge,
  }
  return { key, value: text(value), running: text(used[key] ?? value) }
}

function text(value: string | number | readonly string[]): string | number {
  return typeof value === 'object' ? value.join(',') : value
}

function isDegraded({ copies, wantedCopies }: Status['folders'][number]): number {
  return copies !== null && wantedCopies !== null && copies < wantedCopies ? 1 : 0
}

function outOfReach(folder: Status['folders'][number]): number {
  return folder.outOfReach.reduce((total, { versions }) => total + versions, 0)
}

function metrics(status: Status, { network, engine }: BackendContext, folders: number): string {
  const sum = (pick: (folder: Status['folders'][number]) => number): number =>
    status.folders.reduce((total, folder) => total + pick(folder), 0)
  const memory = process.memoryUsage()
  const { user, system } = process.cpuUsage()
  const lines: [name: string, type: 'gauge' | 'counter', help: string, value: number][] = [
    ['holdfast_uptime_seconds', 'gauge', 'Seconds since the start', status.uptimeSeconds],
    ['holdfast_folders', 'gauge', 'Folders of this device', folders],
    ['holdfast_entries', 'gauge', 'Live entries on this disk', sum(({ entries }) => entries)],
    ['holdfast_bytes', 'gauge', 'Bytes of the files among them', sum(({ bytes }) => bytes)],
    ['holdfast_need_entries', 'gauge', 'Entries still to be brought here', sum(({ needEntries }) => needEntries)],
    ['holdfast_need_bytes', 'gauge', 'Bytes of the files among them', sum(({ needBytes }) => needBytes)],
    ['holdfast_conflicts', 'gauge', 'Paths with several versions beside each other', sum(({ conflicts }) => conflicts)],
    ['holdfast_problems', 'gauge', 'Entries that do not sync', sum(({ problems }) => problems)],
    ['holdfast_lost_versions', 'gauge', 'Versions that were kept once, and are on no device any more', sum(({ lost }) => lost)],
    ['holdfast_out_of_reach_versions', 'gauge', 'Versions that only devices have that are away', sum(outOfReach)],
    ['holdfast_degraded_folders', 'gauge', 'Folders that fewer devices hold than there are to be copies', sum(isDegraded)],
    ['holdfast_damaged_blocks', 'gauge', 'Blocks of the store found damaged, and not had anew', status.store.damaged ?? 0],
    ['holdfast_peers', 'gauge', 'Other devices of the group', status.peers.length],
    ['holdfast_peers_connected', 'gauge', 'Connected ones', status.peers.filter(({ connected }) => connected).length],
    ['holdfast_sent_bytes_total', 'counter', 'Bytes sent over links', network.traffic.sent],
    ['holdfast_received_bytes_total', 'counter', 'Bytes received over links', network.traffic.received],
    ['holdfast_chunk_received_bytes_total', 'counter', 'Bytes of chunks received', engine.exchange.receivedBytes],
    ['holdfast_event_loop_delay_p99_seconds', 'gauge', 'How long the main thread is held up', status.eventLoopDelayMs.p99 / 1000],
    ['holdfast_event_loop_delay_max_seconds', 'gauge', 'The longest hold-up', status.eventLoopDelayMs.max / 1000],
    ['process_resident_memory_bytes', 'gauge', 'Resident memory of the main process', memory.rss],
    ['process_cpu_seconds_total', 'counter', 'Processor time used', (user + system) / 1e6],
  ]
  return lines.map(([name, type, help, value]) => `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${name} ${value}\n`).join('')
}
