import { halves, visible } from './shown-name.ts'

/** A name of a file, which anybody may have chosen: as text, in one line, cut in its middle, and on its own direction. */
export function FileName({ name }: { name: string }) {
  const [head, tail] = halves(name)
  return (
    <bdi className="file-name" title={visible(name)}>
      {tail === '' ? (
        <span>{head}</span>
      ) : (
        <>
          {/* Two parts side by side would be read as two words. */}
          <span className="visually-hidden">{head + tail}</span>
          <span aria-hidden="true">{head}</span>
          <span aria-hidden="true">{tail}</span>
        </>
      )}
    </bdi>
  )
}
