// Draws the rooms of src/ as they are: by floor, with the files in each and the imports between them, into src/README.md.
// With `--check` it writes nothing and fails when the drawing there is another.

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cruise, type Cruise } from './cruise.ts'
import { floors } from './floors.ts'

const BEGIN = '<!-- made by `npm run drawing` -->\n'
const END = '\n<!-- end of drawing -->'

const roomOf = (file: string): string => file.split('/')[1] ?? ''

/** `api 4 · db 1`: the rooms that a room imports, highest first, with the number of import statements. */
function arrows(room: string, imports: Cruise['imports']): string {
  const rooms = floors.flatMap((floor) => Object.keys(floor.rooms))
  return rooms
    .filter((other) => other !== room)
    .map((other) => [other, imports.filter(({ from, to }) => roomOf(from) === room && roomOf(to) === other).length] as const)
    .filter(([, count]) => count > 0)
    .map(([other, count]) => `${other} ${count}`)
    .join(' · ')
}

/** The drawing as a Markdown code block. */
export function draw({ files, imports }: Cruise): string {
  const shape = (count: number): string => `${count} ${count === 1 ? 'file' : 'files'}`
  const line = (floor: string, room: string, size: string, to: string): string =>
    `${floor.padStart(2)} │ ${room.padEnd(12)}${size.padStart(9)}${to === '' ? '' : `  ─▶ ${to}`}`.trimEnd()
  const storeys = floors.flatMap(({ floor, rooms }) => {
    const built = Object.keys(rooms).filter((room) => files.some((file) => roomOf(file) === room))
    return built.length === 0
      ? []
      : [
          built.map((room, index) => {
            const size = shape(files.filter((file) => roomOf(file) === room).length)
            return line(index === 0 ? String(floor) : '', room, size, arrows(room, imports))
          }),
        ]
  })
  const roof = files.includes('src/main.ts') ? [[line('', 'main.ts', '', arrows('main.ts', imports))]] : []
  const floorLine = `───┼${'─'.repeat(100)}`
  return ['```text', [...roof, ...storeys].map((lines) => lines.join('\n')).join(`\n${floorLine}\n`), '```'].join('\n')
}

/** The text with its drawing replaced; throws when the two marks are missing. */
export function redraw(text: string, drawing: string): string {
  const begin = text.indexOf(BEGIN)
  const end = text.indexOf(END)
  if (begin < 0 || end < begin) throw new Error(`src/README.md has lost its marks ${BEGIN.trim()} and ${END.trim()}`)
  return text.slice(0, begin + BEGIN.length) + drawing + text.slice(end)
}

if (import.meta.main) {
  const root = join(import.meta.dirname, '..')
  const path = join(root, 'src/README.md')
  const text = await readFile(path, 'utf8')
  const drawn = redraw(text, draw(await cruise(root, ['src'])))
  if (!process.argv.includes('--check')) {
    await writeFile(path, drawn)
  } else if (drawn !== text) {
    process.stderr.write('src/README.md no longer shows the code: `npm run drawing` draws it anew.\n')
    process.exitCode = 1
  }
}
