import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import type { Spawner } from '#base'
import { hosted } from '../../src/daemon/hosted-child.ts'

class Port extends EventEmitter {
  readonly posted: unknown[] = []
  postMessage = (message: unknown): void => void this.posted.push(message)
  say = (data: unknown): void => void this.emit('message', { data })
}

const spawner = { worker: () => 'a thread', child: () => 'a fork' } as unknown as Spawner

test('without a host children are forked; threads are threads anywhere', () => {
  expect(hosted(spawner, undefined)).toBe(spawner)
  expect(hosted(spawner, new Port()).worker('db')).toBe('a thread')
})

test('a host starts them, and passes on what goes between, each its own', () => {
  const port = new Port()
  const { child } = hosted(spawner, port)
  const [first, second] = [child('watcher'), child('watcher')]
  const heard: unknown[] = []
  first.onMessage((message) => heard.push(['first', message]))
  second.onMessage((message) => heard.push(['second', message]))
  first.post({ do: 'watch' })
  port.say({ child: 2, message: 'two' })
  port.say({ child: 1, message: 'one' })
  port.say('stop')
  port.say({ child: 3, message: 'nobody' })
  expect(port.posted).toEqual([
    { child: 1, start: 'watcher' },
    { child: 2, start: 'watcher' },
    { child: 1, message: { do: 'watch' } },
  ])
  expect(heard).toEqual([
    ['second', 'two'],
    ['first', 'one'],
  ])
})

test('the end of one is told, as a failure where nobody asked for it', async () => {
  const port = new Port()
  const { child } = hosted(spawner, port)
  const ends: unknown[] = []
  const [broken, stopped] = [child('watcher'), child('watcher')]
  for (const each of [broken, stopped]) each.onExit((error) => ends.push(error?.message))
  port.say({ child: 1, exited: 3 })
  const stopping = stopped.stop()
  expect(port.posted.at(-1)).toEqual({ child: 2, stop: true })
  port.say({ child: 2, exited: 0 })
  await stopping
  expect(ends).toEqual(['the process ended with code 3', undefined])
})
