import { expect, it } from 'vitest'
import { buildFastCdc } from '../../scripts/build-wasm.ts'
import { FASTCDC_WASM } from '../../src/content/fastcdc-wasm.ts'

it('the committed WASM is what fastcdc.wat builds into', async () => {
  expect(await buildFastCdc()).toBe(FASTCDC_WASM)
})
