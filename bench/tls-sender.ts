// The other end of the raw transfer: sends so many bytes to a port, and prints the seconds until all had arrived.
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:tls'

const PIECE = 256 << 10
const [bytes, port] = process.argv.slice(2).map(Number) as [number, number]
const piece = randomBytes(PIECE)
const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, minVersion: 'TLSv1.3' })
await once(socket, 'secureConnect')
const start = performance.now()
const answered = once(socket, 'data')
for (let left = bytes; left > 0; left -= PIECE) {
  if (!socket.write(left < PIECE ? piece.subarray(0, left) : piece)) await once(socket, 'drain')
}
await answered
process.stdout.write(String((performance.now() - start) / 1000))
socket.destroy()
