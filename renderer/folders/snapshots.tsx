import { Link } from 'wouter'
import { size, when } from '../format.ts'
import { api } from '../live/api.ts'
import { useLoaded } from '../live/loaded.ts'
import { ActionForm, FailureNote, TextField } from '../parts/action.tsx'
import { historyAt } from '../places.ts'
import { t } from '../text/text.ts'

/** Moments of a folder that have a name: what they show is kept. */
export function Snapshots({ folder }: { folder: string }) {
  const { value, failure, reload } = useLoaded(`snapshots ${folder}`, (signal) => api.snapshots({ folder }, { signal }))
  return (
    <section className="folders-block" aria-labelledby="folders-snapshots">
      <h3 id="folders-snapshots">{t('folders.snapshots')}</h3>
      <p className="muted">{t('folders.snapshots.how')}</p>
      <FailureNote failure={failure} />
      {value === null || value.length === 0 ? null : (
        <ul className="folders-verdicts">
          {value.toReversed().map(({ name, time, entries, bytes, by }) => (
            <li key={name}>
              <Link href={historyAt(folder, '', undefined, { until: time })}>{name}</Link>
              <span className="muted">
                {t('folders.snapshots.what', { time: when(time), device: by, count: entries, bytes: size(bytes) })}
              </span>
            </li>
          ))}
        </ul>
      )}
      <ActionForm
        verb={t('folders.snapshots.make')}
        doing={t('history.snapshot.making')}
        send={async ({ name = '' }) => {
          await api.createSnapshot({ folder, ...(name === '' ? {} : { name }) })
          reload()
        }}
      >
        <TextField name="name" label={t('folders.snapshots.name')} />
      </ActionForm>
    </section>
  )
}
