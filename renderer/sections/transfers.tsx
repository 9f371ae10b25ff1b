import type { Snapshot } from '../live/state.ts'
import { size } from '../format.ts'
import { Icon } from '../parts/icon.tsx'
import { deviceName } from '../parts/names.ts'
import { Section } from '../parts/section.tsx'
import { t } from '../text/text.ts'

const SHOWN = 8

/** Shown only while something is on its way. */
export function TransferList({ snapshot }: { snapshot: Snapshot }) {
  const { transfers } = snapshot.transfers
  if (transfers.length === 0) return null
  return (
    <Section title={t('transfers.title')}>
      <ul className="rows">
        {transfers.slice(0, SHOWN).map((transfer) => (
          <li key={`${transfer.direction} ${transfer.folder}/${transfer.path} ${transfer.device}`} className="transfer">
            <p>
              <Icon name={transfer.direction === 'receive' ? 'down' : 'up'} />
              <span className="path">
                {transfer.folder}/{transfer.path}
              </span>
              {transfer.bytes > 0 || transfer.device !== null ? (
                <span className="muted">
                  {t(transfer.direction === 'receive' ? 'transfers.from' : 'transfers.to', {
                    device: transfer.device === null ? t('transfers.several') : deviceName(snapshot, transfer.device),
                  })}
                </span>
              ) : null}
            </p>
            <progress max={Math.max(1, transfer.totalBytes)} value={transfer.bytes} aria-label={transfer.path} />
            <p className="facts">
              <span>{t('transfers.done', { bytes: size(transfer.bytes), total: size(transfer.totalBytes) })}</span>
              <span>{t('state.rate', { bytes: size(transfer.bytesPerSecond) })}</span>
            </p>
          </li>
        ))}
      </ul>
      {transfers.length > SHOWN ? <p className="muted">{t('count.more', { count: transfers.length - SHOWN })}</p> : null}
    </Section>
  )
}
