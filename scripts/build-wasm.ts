/** Builds src/content/fastcdc.wat into the committed src/content/fastcdc-wasm.ts. Run it after a change of the former. */
import { readFile, writeFile } from 'node:fs/promises'
import wabt from 'wabt'

const source = new URL('../src/content/fastcdc.wat', import.meta.url)
const target = new URL('../src/content/fastcdc-wasm.ts', import.meta.url)

/** The module's binary in base64. */
export async function buildFastCdc(): Promise<string> {
  const toolkit = await wabt()
  const module = toolkit.parseWat('fastcdc.wat', await readFile(source, 'utf8'))
  try {
    module.validate()
    return Buffer.from(module.toBinary({}).buffer).toString('base64')
  } finally {
    module.destroy()
  }
}

if (import.meta.main) {
  const lines = (await buildFastCdc()).match(/.{1,100}/g) ?? []
  await writeFile(
    target,
    '/** Built from fastcdc.wat by scripts/build-wasm.ts. */\n' +
      `export const FASTCDC_WASM =\n  ${lines.map((line) => `'${line}'`).join(' +\n  ')}\n`,
  )
}
