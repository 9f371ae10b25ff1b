import { useEffect, useState } from 'react'
import { size } from '../format.ts'
import { FailureNote } from '../parts/action.tsx'
import { Empty } from '../parts/section.tsx'
import { t } from '../text/text.ts'
import { CUT_TEXT, see, type Shown } from './content.ts'
import { useContent } from './use-content.ts'

/** What is in a version of a file. Nothing of it ever runs: text is text, pictures are of raster types, markup is shown as it is written. */
export function Preview({ shown }: { shown: Shown }) {
  const { folder, path, version } = shown
  const { value, failure } = useContent(`${folder}/${path}@${version}`, (signal) => see(shown, signal))
  if (value === null) return failure === null ? <Empty>{t('preview.loading')}</Empty> : <FailureNote failure={failure} />
  switch (value.kind) {
    case 'text':
      return (
        <>
          {value.cut ? <p className="muted">{t('preview.cut', { first: size(CUT_TEXT), bytes: size(shown.size) })}</p> : null}
          <pre className="preview-text" tabIndex={0} aria-label={t('preview.of', { path })}>
            {value.text}
          </pre>
        </>
      )
    case 'image':
      return <Picture blob={value.blob} label={t('preview.of', { path })} />
    case 'media':
      return value.sound ? (
        <audio className="preview-media" controls src={value.address} aria-label={t('preview.of', { path })} />
      ) : (
        <video className="preview-media" controls src={value.address} aria-label={t('preview.of', { path })} />
      )
    case 'nothing':
      return <Empty>{t(`preview.${value.why}`)}</Empty>
  }
}

/** A picture, with its width and height. */
export function Picture({ blob, label }: { blob: Blob; label: string }) {
  const address = useAddress(blob)
  const [dots, setDots] = useState<string | null>(null)
  const [isBroken, setBroken] = useState(false)
  if (isBroken) return <Empty>{t('preview.broken')}</Empty>
  return (
    <figure className="preview-picture">
      {address === null ? null : (
        <img
          src={address}
          alt={label}
          onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) => setDots(`${naturalWidth} × ${naturalHeight}`)}
          onError={() => setBroken(true)}
        />
      )}
      <figcaption className="muted">{dots}</figcaption>
    </figure>
  )
}

/** Where the page finds bytes that it holds, as long as they are drawn. */
export function useAddress(blob: Blob): string | null {
  const [address, setAddress] = useState<string | null>(null)
  useEffect(() => {
    const made = URL.createObjectURL(blob)
    setAddress(made)
    return () => URL.revokeObjectURL(made)
  }, [blob])
  return address
}
