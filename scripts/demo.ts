// npm run demo: two devices on this machine, paired, with a sample folder each, until Ctrl-C.

import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Device, pair } from './device.ts'

const directory = mkdtempSync(join(tmpdir(), 'holdfast-demo-'))
const say = (text: string): void => void process.stdout.write(`${text}\n`)

function makeSample(folder: string, name: string): void {
  mkdirSync(join(folder, 'pictures'), { recursive: true })
  writeFileSync(join(folder, 'read me.txt'), `This folder was made on ${name}. Change it on either device.\n`)
  writeFileSync(join(folder, 'shopping.txt'), 'bread\nmilk\nkelp\n')
  const circle =
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4.5" cy="4.5" r="4" fill="seagreen"/></svg>\n'
  writeFileSync(join(folder, 'pictures/circle.svg'), circle)
  symlinkSync('pictures/circle.svg', join(folder, 'newest picture'))
}

const devices: Device[] = []

async function run(): Promise<void> {
  say('Starting two devices …')
  for (const name of ['harbour', 'island'])
    devices.push(await Device.start({ home: join(directory, 'home', name), name, forPeople: true }))
  const [harbour, island] = devices as [Device, Device]
  await pair(harbour, island)

  const place = (device: Device, folder: string): string => join(directory, device.options.name, folder)
  for (const [owner, other, folder] of [
    [harbour, island, 'letters'],
    [island, harbour, 'recipes'],
  ] as const) {
    makeSample(place(owner, folder), owner.options.name)
    await owner.cli('folder', 'create', place(owner, folder))
    await waitForOffer(other, folder)
    await other.cli('folder', 'join', folder, place(other, folder))
  }
  for (const device of devices) await device.cli('wait', '--timeout', '60s')

  say('\nThey are paired, and both folders are the same on both:\n')
  for (const device of devices) {
    say(`  ${device.options.name}`)
    say(`    page     ${device.launchLink}`)
    say(`    folders  ${place(device, 'letters')}`)
    say(`             ${place(device, 'recipes')}`)
    say(`    command  npm run -s holdfast -- --home ${device.options.home} status\n`)
  }
  const [mine, theirs] = [place(harbour, 'letters'), place(island, 'letters')]
  say('Try:')
  say(`  echo butter >> '${mine}/shopping.txt'; sleep 1; cat '${theirs}/shopping.txt'`)
  say(`  mv '${theirs}/pictures' '${theirs}/photos'; sleep 1; ls '${mine}'`)
  say(`  npm run -s holdfast -- --home ${island.options.home} folder pause letters, then change one file on both sides,`)
  say('    then folder resume letters: both versions are kept, see conflicts')
  say(`  npm run -s holdfast -- --home ${harbour.options.home} activity`)
  say(`\nCtrl-C ends both and removes ${directory}`)
}

async function waitForOffer(device: Device, folder: string): Promise<void> {
  while (!(await device.client.folders()).some(({ name }) => name === folder))
    await new Promise((resolve) => setTimeout(resolve, 50))
}

async function end(): Promise<void> {
  await Promise.all(devices.map((device) => device.stop()))
  rmSync(directory, { recursive: true, force: true })
  say(`\nBoth have ended, and ${directory} is removed.`)
}

// A signal may come twice, from the terminal and from npm: the second one must not end this before the devices have.
const told = new Promise((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, resolve)
})
try {
  await Promise.race([run(), told])
  await Promise.race([told, ...devices.map(({ child }) => once(child, 'exit'))])
} finally {
  await end()
}
