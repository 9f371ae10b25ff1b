import { halves, visible } from './shown-name.ts'

/** A name of a file, which anybody may have chosen: as text, in one line, cut in its middle, and on its own direction. */
export function FileName({ name }: { name: string }) {
  const [head, tail] = halves(name)
  return (
    <bdi className="file-name" title={visible(name)}>
      <span>{head}</span>
      {tail === '' ? null : <span>{tail}</span>}
    </bdi>
  )
}
