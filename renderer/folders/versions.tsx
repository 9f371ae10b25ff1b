import { useState } from 'react'
import type { FolderStatus } from '#api/contract'
import { api } from '../live/api.ts'
import { useLoaded } from '../live/loaded.ts'
import { useSettled } from '../live/settled.ts'
import { tell } from '../live/toasts.ts'
import { FailureNote } from '../parts/action.tsx'
import { t } from '../text/text.ts'
import { DryRun } from './dry-run.tsx'
import { plainPolicy, PRESET_NAMES, PRESETS, RULES, samePolicy, type Policy } from './policies.ts'
import { SaveOrDiscard } from './save-or-discard.tsx'
import { Snapshots } from './snapshots.tsx'

const DRY_RUN_MS = 400

/** Which versions of a folder are kept: by a preset, or rule by rule; what that would keep and not is shown before it is saved. */
export function Versions({ folder: { id, name } }: { folder: FolderStatus }) {
  const { value, failure, reload } = useLoaded(`retention ${id}`, (signal) => api.retention({ folder: id }, { signal }))
  const [typed, setTyped] = useState<Policy | null>(null)
  const policy = typed ?? value?.policy ?? {}
  const rules = JSON.stringify(plainPolicy(policy))
  const asked = useSettled(rules, DRY_RUN_MS)
  const isAsked = typed !== null && value !== null && !samePolicy(typed, value.policy)
  const isSettled = isAsked && asked === rules
  const dryRun = useLoaded(`dry run ${id} ${isSettled ? asked : ''}`, async (signal) =>
    isSettled ? await api.setRetention({ folder: id, policy: JSON.parse(asked) as Policy, dryRun: true }, { signal }) : null,
  )
  if (value === null) return <FailureNote failure={failure} />
  if (value.history === 'off') return <p className="folders-tab">{t('folders.history.off')}</p>
  const put = async (next: Policy): Promise<void> => {
    await api.setRetention({ folder: id, policy: plainPolicy(next) })
    setTyped(null)
    reload()
  }
  const save = async (): Promise<void> => {
    const before = value.policy
    await put(policy)
    tell(t('folders.policy.saved', { folder: name }), () => put(before))
  }
  const preset = PRESETS.find((one) => samePolicy(one.policy, policy))
  return (
    <div className="folders-tab">
      <fieldset className="folders-presets">
        <legend>{t('folders.policy')}</legend>
        {PRESETS.map((one) => (
          <label key={one.name}>
            <input type="radio" name="preset" checked={one === preset} onChange={() => setTyped(one.policy)} />
            <span>
              <strong>{t(PRESET_NAMES[one.name][0])}</strong> <span className="muted">{t(PRESET_NAMES[one.name][1])}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <details open={preset === undefined}>
        <summary>{t('folders.rules')}</summary>
        <p className="muted">{t('folders.rules.how')}</p>
        <div className="folders-rules">
          {RULES.map((rule) => (
            <label key={rule} className="field">
              <span>{t(`folders.${rule}`)}</span>
              <input
                value={policy[rule] ?? ''}
                placeholder={rule === 'keep-within' ? '2w' : '0'}
                onChange={({ target }) => setTyped({ ...policy, [rule]: target.value })}
                autoComplete="off"
                spellCheck={false}
              />
            </label>
          ))}
        </div>
      </details>
      <SaveOrDiscard isChanged={isAsked} save={save} discard={() => setTyped(null)} />
      <FailureNote failure={dryRun.failure} />
      <DryRun retention={isAsked ? dryRun.value : value} isProposed={isAsked} folder={id} />
      <Snapshots folder={id} />
    </div>
  )
}
