#!/usr/bin/env -S node --disable-warning=ExperimentalWarning --max-semi-space-size=4
import { run } from '#cli'

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Whoever read us has had enough (`holdfast activity | head`).
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

process.exitCode = await run(process.argv.slice(2), {
  serve: async (args) => await (await import('#daemon')).serve(args),
  env: process.env,
  directory: process.cwd(),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
})
