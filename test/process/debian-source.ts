import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg'
const PACKAGE = 'hello'
const TIMEOUT_MS = 30_000

/**
 * A Debian source package, unpacked as its maintainer does; null where it cannot be had (no Debian, no network). It is fetched
 * once, by apt with a list of sources of its own, and kept below the system's temporary directory.
 */
export function debianSource(): string | null {
  const directory = join(tmpdir(), 'holdfast-debian-source')
  const unpacked = (): string | undefined =>
    existsSync(directory)
      ? readdirSync(directory, { withFileTypes: true }).find(
          (entry) => entry.isDirectory() && entry.name.startsWith(`${PACKAGE}-`),
        )?.name
      : undefined
  if (unpacked() === undefined && existsSync(KEYRING)) fetchSource(directory)
  const name = unpacked()
  return name === undefined ? null : join(directory, name)
}

function fetchSource(directory: string): void {
  const lists = join(directory, 'lists')
  const sources = join(directory, 'sources.list')
  mkdirSync(join(lists, 'partial'), { recursive: true })
  const release = /^VERSION_CODENAME=(\S+)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'stable'
  writeFileSync(sources, `deb-src [signed-by=${KEYRING}] http://deb.debian.org/debian ${release} main\n`)
  const own = [`Dir::Etc::sourcelist=${sources}`, 'Dir::Etc::sourceparts=-', `Dir::State::lists=${lists}`].flatMap((option) => [
    '-o',
    option,
  ])
  for (const command of [['update'], ['source', PACKAGE]]) {
    if (spawnSync('apt-get', [...own, ...command], { cwd: directory, timeout: TIMEOUT_MS }).status !== 0) return
  }
}
