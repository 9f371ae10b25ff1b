import { useEffect, useState } from 'react'
import type { encode as Encode } from 'uqr'
import { loadPart } from '../parts/lazily.ts'

/** Around it, in modules: what a camera needs to find it (ISO/IEC 18004). */
const QUIET = 4

/** A text to be read by a camera: dark on light in every theme, or many cameras do not find it. */
export function Qr({ text, label }: { text: string; label: string }) {
  const [modules, setModules] = useState<boolean[][] | null>(null)
  useEffect(() => {
    let isWanted = true
    const draw = (encode: typeof Encode): void => {
      if (isWanted) setModules(encode(text, { ecc: 'M', border: 0 }).data)
    }
    // The text is there to be copied, too.
    loadPart(async () => (await import('uqr')).encode).then(draw, () => undefined)
    return () => void (isWanted = false)
  }, [text])
  if (modules === null) return <span className="peers-qr" />
  const side = modules.length + 2 * QUIET
  const path = modules.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x + QUIET} ${y + QUIET}h1v1h-1z` : ''))).join('')
  return (
    <svg className="peers-qr" viewBox={`0 0 ${side} ${side}`} role="img" aria-label={label} shapeRendering="crispEdges">
      <path d={path} />
    </svg>
  )
}
