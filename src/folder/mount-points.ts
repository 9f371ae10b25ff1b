import fs from 'node:fs'

/** Of this process, which sees what others mount while it runs. See proc(5). */
const MOUNT_INFO = '/proc/self/mountinfo'
/** How the kernel writes blanks, line ends and backslashes. */
const ESCAPED = /\\([0-7]{3})/g

interface Mount {
  id: string
  parent: string
  /** Bytes as Latin-1. */
  point: string
}

/** Where something is mounted below a directory, relative to it; nothing where the system does not tell. */
export function mountPoints(root: string): string[] {
  let text: string
  try {
    text = fs.readFileSync(MOUNT_INFO, 'latin1')
  } catch {
    return []
  }
  return mountPointsIn(text, root)
}

/** The same of what `mountinfo` says: bytes as Latin-1, which names need not be UTF-8 for. What another mount hides is left out. */
export function mountPointsIn(text: string, root: string): string[] {
  const start = `${Buffer.from(root).toString('latin1')}/`
  const found = mountsIn(text)
  const below = found.filter(({ point }) => point.startsWith(start))
  if (below.length === 0) return []
  const byId = new Map(found.map((mount) => [mount.id, mount]))
  const points = below.filter((mount) => isSeen(mount, found, byId)).map(({ point }) => point.slice(start.length))
  return [...new Set(points)].map((point) => Buffer.from(point, 'latin1').toString())
}

function mountsIn(text: string): Mount[] {
  return text.split('\n').flatMap((line) => {
    const [id, parent, , , point] = line.split(' ', 5)
    if (id === undefined || parent === undefined || point === undefined) return []
    return [{ id, parent, point: point.replace(ESCAPED, (_, octal: string) => String.fromCharCode(parseInt(octal, 8))) }]
  })
}

/** Of two mounts on the same one, what is mounted further up hides what is mounted below it, and all that is mounted on that. */
function isSeen(mount: Mount, all: readonly Mount[], byId: ReadonlyMap<string, Mount>): boolean {
  const isHidden = all.some((other) => other.parent === mount.parent && isAbove(other.point, mount.point))
  const parent = byId.get(mount.parent)
  return !isHidden && (parent === undefined || parent === mount || isSeen(parent, all, byId))
}

function isAbove(upper: string, point: string): boolean {
  return upper !== point && (upper === '/' || point.startsWith(`${upper}/`))
}
