import type { Activity } from '#api/contract'

/** Things of one kind that followed each other: the newest, and how many more there are. */
export interface ActivityRun {
  newest: Activity
  more: number
}

/** Puts what one device did to many files of one folder in a row into one line. Keeps the order, newest first. */
export function activityRuns(activity: readonly Activity[]): ActivityRun[] {
  const runs: ActivityRun[] = []
  for (const item of activity) {
    const run = runs.at(-1)
    if (run !== undefined && item.path !== null && sameKind(run.newest, item)) run.more++
    else runs.push({ newest: item, more: 0 })
  }
  return runs
}

function sameKind(a: Activity, b: Activity): boolean {
  return a.event === b.event && a.folder === b.folder && a.device === b.device && a.detail === b.detail
}
