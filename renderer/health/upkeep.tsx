import { useState, type ReactNode } from 'react'
import { ago, when } from '../format.ts'
import { api } from '../live/api.ts'
import { useCommand, type Command } from '../live/commands.ts'
import type { Snapshot } from '../live/state.ts'
import { FailureNote } from '../parts/action.tsx'
import { CommandProgress } from '../parts/command-progress.tsx'
import { Section } from '../parts/section.tsx'
import { t } from '../text/text.ts'
import { useFigures } from './figures.ts'
import { FreeSpace } from './free-space.tsx'
import { RebalanceWords, RepairWords, ScrubWords, SweepWords } from './results.tsx'

/** What the daemon does by itself to keep all of it well, when it last did, and doing it now. */
export function UpkeepSection({ snapshot }: { snapshot: Snapshot }) {
  const { value, failure, reload } = useFigures('upkeep', () => api.upkeep())
  const scrub = useCommand('scrub', () => api.scrub())
  const sweep = useCommand('gc', () => api.gc())
  const repair = useCommand('repair', () => api.repair())
  const rebalance = useCommand('rebalance', () => api.rebalance())
  const [isFreeing, setIsFreeing] = useState(false)
  const last = (time: string | null | undefined): string | null =>
    value === null ? null : time == null ? t('health.never') : t('health.last', { ago: ago(time), time: when(time) })
  const isBusy = repair.busy || rebalance.busy
  return (
    <Section title={t('health.upkeep')}>
      <FailureNote failure={failure} />
      <ul className="rows health-rows">
        <Duty
          name={t('health.scrub')}
          how={t('health.scrub.how')}
          last={last(value?.scrubbed)}
          command={scrub}
          verb={t('health.scrub.do')}
          run={() => void scrub.run(undefined).then(reload)}
        >
          {scrub.result === null ? null : <ScrubWords result={scrub.result} />}
        </Duty>
        <Duty
          name={t('health.sweep')}
          how={t('health.sweep.how')}
          last={last(value?.swept)}
          command={sweep}
          verb={t('health.sweep.do')}
          run={() => setIsFreeing(true)}
        >
          {sweep.result === null ? null : <SweepWords result={sweep.result} />}
        </Duty>
        <Duty
          name={t('health.repair')}
          how={t('health.repair.how')}
          last={null}
          command={repair}
          verb={t('health.repair.do')}
          disabled={isBusy}
          run={() => void repair.run(undefined)}
        >
          {repair.result === null ? null : <RepairWords result={repair.result} />}
        </Duty>
        <Duty
          name={t('health.rebalance')}
          how={t('health.rebalance.how')}
          last={null}
          command={rebalance}
          verb={t('health.rebalance.do')}
          disabled={isBusy}
          run={() => void rebalance.run(undefined)}
        >
          {rebalance.result === null ? null : <RebalanceWords result={rebalance.result} />}
        </Duty>
        <li>
          <p className="health-line">
            <strong>{t('health.snapshot')}</strong> <span className="muted">{last(value?.snapshot)}</span>
          </p>
          <p className="muted">{t('health.snapshot.how', { count: snapshot.folders.length })}</p>
        </li>
      </ul>
      {isFreeing ? (
        <FreeSpace
          close={() => setIsFreeing(false)}
          free={() => {
            setIsFreeing(false)
            void sweep.run(undefined).then(reload)
          }}
        />
      ) : null}
    </Section>
  )
}

function Duty({
  name,
  how,
  last,
  command,
  verb,
  disabled = false,
  run,
  children,
}: {
  name: string
  how: string
  last: string | null
  command: Command<never, unknown> | Command<undefined, unknown>
  verb: string
  disabled?: boolean
  run: () => void
  children: ReactNode
}) {
  return (
    <li className="health-duty">
      <div>
        <p className="health-line">
          <strong>{name}</strong> <span className="muted">{last}</span>
        </p>
        <p className="muted">{how}</p>
      </div>
      <button type="button" disabled={disabled || command.busy} onClick={run}>
        {verb}
      </button>
      <div className="health-after">
        <CommandProgress label={name} command={command} />
        <FailureNote failure={command.failure} />
        <div role="status">{children}</div>
      </div>
    </li>
  )
}
