// One end of the raw transfer: prints its port and certificate, takes so many bytes and answers with one.
import { createServer } from 'node:tls'
import { createCertificate } from '../src/peers/certificate.ts'

const bytes = Number(process.argv[2])
const { cert, key } = createCertificate()
const server = createServer({ cert, key, minVersion: 'TLSv1.3' }, (socket) => {
  let left = bytes
  socket.on('data', (data) => {
    left -= data.length
    if (left <= 0) socket.end('.')
  })
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address !== null && typeof address === 'object') process.stdout.write(`${address.port}\n`)
})
