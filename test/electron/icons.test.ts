import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { iconFile } from '../../renderer/shell/screen-places.ts'
import type { Look } from '../../renderer/shell/standing.ts'
import { icns, ico } from '../../scripts/icon-files.ts'
import { readPng, type Pixels } from './png.ts'

const read = (name: string): Buffer => readFileSync(join(import.meta.dirname, '../../resources', name))
const LOOKS: readonly Look[] = ['idle', 'syncing', 'paused', 'attention', 'offline']
const sides = ({ width, height }: Pixels): number[] => [width, height]

test.each([16, 24, 32, 48, 64, 128, 256, 512, 1024])('there is an icon of %i pixels', (size) => {
  expect(sides(readPng(read(`icons/${size}x${size}.png`)))).toEqual([size, size])
})

test("Windows' icon has all of its sizes", () => {
  const file = read('icon.ico')
  expect(file.subarray(0, 4)).toEqual(Buffer.from([0, 0, 1, 0]))
  const sizes = Array.from({ length: file.readUInt16LE(4) }, (_, index) => {
    const entry = file.subarray(6 + 16 * index, 22 + 16 * index)
    const [length, at] = [entry.readUInt32LE(8), entry.readUInt32LE(12)]
    const { width, height } = readPng(file.subarray(at, at + length))
    expect([entry[0], entry[1]]).toEqual([width % 256, height % 256])
    return width
  })
  expect(sizes).toEqual([16, 24, 32, 48, 64, 128, 256])
})

test("macOS' icon has all of its sizes, each for its density", () => {
  const file = read('icon.icns')
  expect([file.toString('latin1', 0, 4), file.readUInt32BE(4)]).toEqual(['icns', file.length])
  const parts: [string, number][] = []
  for (let at = 8; at < file.length; at += file.readUInt32BE(at + 4)) {
    const { width } = readPng(file.subarray(at + 8, at + file.readUInt32BE(at + 4)))
    parts.push([file.toString('latin1', at, at + 4), width])
  }
  expect(parts).toEqual([
    ['icp4', 16],
    ['icp5', 32],
    ['ic11', 32],
    ['ic12', 64],
    ['ic07', 128],
    ['ic08', 256],
    ['ic13', 256],
    ['ic09', 512],
    ['ic14', 512],
    ['ic10', 1024],
  ])
})

test('both kinds of files are made as they are committed', () => {
  const picture = { size: 256, png: Buffer.from('a picture') }
  expect(ico([picture]).toString('hex')).toBe(
    `000001000100${'00000000'}${'01002000'}${'09000000'}${'16000000'}${picture.png.toString('hex')}`,
  )
  expect(icns([picture]).toString('latin1')).toBe('icns\0\0\0\x2Aic08\0\0\0\x11a pictureic13\0\0\0\x11a picture')
})

test.each([
  ['win32', 16],
  ['linux', 24],
  ['darwin', 16],
] as const)('on %s the tray tells each state by its shape, in both densities', (platform, size) => {
  for (const density of [1, 2]) {
    const icons = LOOKS.map((look) =>
      readPng(read(`tray/${iconFile(look, platform).replace('.png', density === 1 ? '.png' : '@2x.png')}`)),
    )
    for (const icon of icons) expect(sides(icon)).toEqual([size * density, size * density])
    for (const [index, icon] of icons.entries()) {
      // A template is a shape alone.
      if (platform === 'darwin') expect([...icon.colours]).toEqual(['000000'])
      for (const other of icons.slice(index + 1)) {
        let differing = 0
        for (let y = 0; y < icon.height; y++)
          for (let x = 0; x < icon.width; x++) if (icon.alpha(x, y) > 127 !== other.alpha(x, y) > 127) differing++
        expect(differing / (icon.width * icon.height)).toBeGreaterThan(0.02)
      }
    }
  }
})
