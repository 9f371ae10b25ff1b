import { Fragment } from 'react'
import { Dialog } from '../parts/dialog.tsx'
import { t } from '../text/text.ts'
import { MODIFIER, PLACE_KEYS } from './shortcut-keys.ts'

/** All shortcuts there are. */
export default function ShortcutList({ close }: { close: () => void }) {
  const everywhere: [keys: string[], what: string][] = [
    [[MODIFIER, 'K'], t('palette.key.palette')],
    [['/'], t('palette.key.search')],
    [['?'], t('palette.key.help')],
    [['Esc'], t('palette.key.close')],
  ]
  const places = Object.entries(PLACE_KEYS).map(([key, { name }]): [string[], string] => [['g', key], t(name)])
  return (
    <Dialog title={t('palette.shortcuts')} close={close}>
      <div className="palette-shortcuts">
        <Keys title={t('palette.everywhere')} rows={everywhere} />
        <Keys title={t('palette.go.title')} rows={places} />
      </div>
      <p className="muted">{t('palette.key.not-in-fields')}</p>
    </Dialog>
  )
}

function Keys({ title, rows }: { title: string; rows: [keys: string[], what: string][] }) {
  return (
    <section>
      <h3>{title}</h3>
      <dl>
        {rows.map(([keys, what]) => (
          <div key={what}>
            <dt>
              {keys.map((key, at) => (
                <Fragment key={key}>
                  {at === 0 ? null : ' '}
                  <kbd>{key}</kbd>
                </Fragment>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
