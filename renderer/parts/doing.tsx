/** What is being done, where nothing tells how far it has come. */
export function Doing({ what }: { what: string | null }) {
  return (
    <div role="status">
      {what === null ? null : (
        <div className="progress-line">
          <progress aria-label={what} />
          <p className="facts">{what}</p>
        </div>
      )}
    </div>
  )
}
