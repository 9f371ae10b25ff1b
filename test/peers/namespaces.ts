import { spawnSync } from 'node:child_process'

function ip(...args: string[]): void {
  const { status, stderr } = spawnSync('ip', args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr}`)
}

/** Why the machine cannot do this, or undefined when it can. */
export function missing(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'needs root on Linux'
  const probe = `hf-probe-${process.pid}`
  const made = spawnSync('ip', ['netns', 'add', probe])
  spawnSync('ip', ['netns', 'del', probe])
  return made.status === 0 ? undefined : 'needs `ip netns`'
}

/** Two network namespaces with addresses of their own (10.97.0.1 and 10.97.0.2) and a cable between them; `end` takes them away. */
export function twoNamespaces(): { names: [string, string]; end(): void } {
  const names: [string, string] = [`hf-a-${process.pid}`, `hf-b-${process.pid}`]
  const [one, two] = names
  for (const name of names) ip('netns', 'add', name)
  ip('link', 'add', 'hf0', 'netns', one, 'type', 'veth', 'peer', 'name', 'hf0', 'netns', two)
  for (const [at, name] of names.entries()) {
    ip('-n', name, 'addr', 'add', `10.97.0.${at + 1}/24`, 'dev', 'hf0')
    ip('-n', name, 'link', 'set', 'lo', 'up')
    ip('-n', name, 'link', 'set', 'hf0', 'up')
    ip('-n', name, 'route', 'add', '224.0.0.0/4', 'dev', 'hf0')
  }
  return { names, end: () => names.forEach((name) => ip('netns', 'del', name)) }
}
