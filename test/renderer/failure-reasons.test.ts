import { expect, test } from 'vitest'
import { THROWN } from './thrown.ts'

/** What the operations of the page run through. The rooms below, and `api`, are told of by these, or refuse what no page asks. */
const ROOMS = /^(?:daemon|db|folder|history|peers|sync)\//

const START = 'when the daemon starts, which is before any page'
const PROTOCOL = 'a fault of what another device says: it ends that link, and is in the log alone'
const LINK = 'ends a link or a search, which begins again by itself'
const API = 'misuse of the API: the page asks nothing of the kind'
const CLI = 'of operations that only the command line has'
const OWN = 'a fault of the program itself'
const ENTRY = 'becomes a problem of the entry, whose sentence is a detail that has words'

/** Those without a reason that nobody meets who uses the page: how many in each file, and why. */
const UNMET: Readonly<Record<string, readonly [number, string]>> = {
  'daemon/backend-content.ts': [1, CLI],
  'daemon/backend-entries.ts': [3, API],
  'daemon/backend-folders.ts': [4, `${API}; the archive: ${CLI}`],
  'daemon/backend-history.ts': [1, CLI],
  'daemon/block-holder.ts': [2, PROTOCOL],
  'daemon/find-to-keep.ts': [1, OWN],
  'daemon/home-lock.ts': [2, START],
  'daemon/registry.ts': [2, API],
  'daemon/scrubber.ts': [1, 'ends a scrub that nobody asked for'],
  'daemon/serve.ts': [1, START],
  'daemon/version-then.ts': [2, CLI],
  'daemon/waiting.ts': [3, CLI],
  'db/batch-writer.ts': [1, OWN],
  'db/commit.ts': [1, OWN],
  'db/tables/chains.ts': [3, OWN],
  'db/tables/records.ts': [1, OWN],
  'db/timeline.ts': [1, API],
  'db/worker.ts': [1, OWN],
  'folder/restore.ts': [3, CLI],
  'folder/stage.ts': [1, OWN],
  'history/past.ts': [1, CLI],
  'peers/admission.ts': [1, PROTOCOL],
  'peers/attend-kit.ts': [2, PROTOCOL],
  'peers/bulk-channel.ts': [2, LINK],
  'peers/bulk-greeting.ts': [3, LINK],
  'peers/bulk-sockets.ts': [3, LINK],
  'peers/connected-peer.ts': [3, PROTOCOL],
  'peers/control.ts': [2, PROTOCOL],
  'peers/conversation.ts': [1, PROTOCOL],
  'peers/frames.ts': [4, PROTOCOL],
  'peers/greeter.ts': [4, PROTOCOL],
  'peers/group-changes.ts': [1, 'the daemon has looked the folder up before'],
  'peers/group-log.ts': [1, OWN],
  'peers/guarded.ts': [1, LINK],
  'peers/hearing.ts': [1, PROTOCOL],
  'peers/hellos.ts': [2, PROTOCOL],
  'peers/host.ts': [1, START],
  'peers/identity.ts': [2, START],
  'peers/intake.ts': [1, PROTOCOL],
  'peers/invites.ts': [2, `${API}; ${PROTOCOL}`],
  'peers/kit-visit.ts': [1, PROTOCOL],
  'peers/nearby-pairing.ts': [1, PROTOCOL],
  'peers/network.ts': [3, API],
  'peers/operation-fields.ts': [1, PROTOCOL],
  'peers/own-group.ts': [2, OWN],
  'peers/own-twin.ts': [1, START],
  'peers/pairing-door.ts': [4, LINK],
  'peers/pairing-messages.ts': [1, PROTOCOL],
  'peers/pairing.ts': [1, PROTOCOL],
  'peers/property-changes.ts': [1, 'the daemon has looked the folder up before'],
  'peers/providers.ts': [2, LINK],
  'peers/reprovider.ts': [2, LINK],
  'peers/setting-changes.ts': [1, 'the daemon has looked at the value before'],
  'peers/socket-pipe.ts': [1, LINK],
  'peers/stream-pipe.ts': [1, LINK],
  'sync/chunk-sources.ts': [1, ENTRY],
  'sync/file-builder.ts': [1, ENTRY],
  'sync/messages.ts': [1, PROTOCOL],
  'sync/row-bringer.ts': [1, ENTRY],
  'sync/scan-page.ts': [1, OWN],
}

test('a failure has a reason wherever somebody can meet it who uses the page', () => {
  const found: Record<string, number> = {}
  for (const { file, isTold } of THROWN) if (ROOMS.test(file) && !isTold) found[file] = (found[file] ?? 0) + 1
  expect(found).toEqual(Object.fromEntries(Object.entries(UNMET).map(([file, [number]]) => [file, number])))
})
