import { moving } from '../live/on-the-way.ts'
import type { Snapshot } from '../live/state.ts'
import { Icon } from '../parts/icon.tsx'
import { deviceName } from '../parts/names.ts'
import { ProgressLine } from '../parts/progress.tsx'
import { Section } from '../parts/section.tsx'
import { visible } from '../parts/shown-name.ts'
import { t } from '../text/text.ts'

const SHOWN = 8

/** Shown only while something is on its way. */
export function TransferList({ snapshot }: { snapshot: Snapshot }) {
  if (moving(snapshot).length === 0) return null
  return (
    <Section title={t('transfers.title')}>
      <TransferRows snapshot={snapshot} most={SHOWN} />
    </Section>
  )
}

/** At most so many of what is on its way now. */
export function TransferRows({ snapshot, most }: { snapshot: Snapshot; most: number }) {
  const transfers = moving(snapshot)
  return (
    <>
      <ul className="rows">
        {transfers.slice(0, most).map(({ folder, path, direction, device, bytes, totalBytes, bytesPerSecond }) => (
          <li key={`${direction} ${folder}/${path} ${device}`} className="transfer">
            <p>
              <Icon name={direction === 'receive' ? 'down' : 'up'} />
              <span className="path">
                <bdi>{visible(`${folder}/${path}`)}</bdi>
              </span>
              {bytes > 0 || device !== null ? (
                <span className="muted">
                  {t(direction === 'receive' ? 'transfers.from' : 'transfers.to', {
                    device: device === null ? t('transfers.several') : deviceName(snapshot, device),
                  })}
                </span>
              ) : null}
            </p>
            <ProgressLine label={visible(path)} done={bytes} total={totalBytes} rate={bytesPerSecond} />
          </li>
        ))}
      </ul>
      {transfers.length > most ? <p className="muted">{t('count.more', { count: transfers.length - most })}</p> : null}
    </>
  )
}
