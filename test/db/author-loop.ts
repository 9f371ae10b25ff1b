// A process that authors until it is killed; prints how many records are durable after each call.
import { openFolderIndex } from '#db'
import { A, file, FOLDER, NOW } from './fixtures.ts'

const [path = ''] = process.argv.slice(2)
const index = openFolderIndex({ folder: FOLDER, device: A.id, seed: A.seed, file: path, foldsCase: false, now: NOW })
for (let call = 0; ; call++) {
  const changes = Array.from({ length: 50 }, (_, at) => file(`d${at % 7}/f${(call * 50 + at) % 400}`, `text ${call} ${at}`))
  const { have } = index.author(changes, { now: NOW + call })
  process.stdout.write(`${have.at(-1)?.seq}\n`)
}
