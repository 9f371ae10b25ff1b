import { useId, type ReactNode } from 'react'

/** `isScreen`: its title is the screen's own. */
export function Section({
  title,
  isScreen = false,
  aside,
  children,
}: {
  title: string
  isScreen?: boolean
  aside?: ReactNode
  children: ReactNode
}) {
  const id = useId()
  return (
    <section aria-labelledby={id}>
      <header className="section-head">
        <h2 id={id} className={isScreen ? 'screen-title' : undefined}>
          {title}
        </h2>
        {aside}
      </header>
      {children}
    </section>
  )
}

export function Empty({ children }: { children: ReactNode }) {
  return <p className="empty">{children}</p>
}
