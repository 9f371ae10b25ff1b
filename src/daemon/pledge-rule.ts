/** A word is changed only where it is off by more than this part: every word stays in the group's log for ever. */
const SLACK = 0.1
/** After such a word no other one comes for so long, ms. */
const BETWEEN_MS = 10 * 60_000
/** What is refused for so long, ms, by a layout that counts on no more than there is room for, does not come to fit by itself. */
const PATIENCE_MS = 60_000
/** Then so much less is said each time, */
const STEP = 1 / 4
/** down to this part of what can be held: of 1,024 partitions next to none. */
const LEAST = 1 / 1_024
/** What can be held is said again when so much of it is free. */
const FREE = 0.2
/** As long as the layout counts on more than can be held, so much of that is taken: there has to be room left for what the next layout asks for. */
const UNTIL_PLACED = 0.5

/** What a device knows of its disk and of its pledge; bytes. */
export interface PledgeOutlook {
  /** As its user has set it. */
  set: number
  /** What the group's log says of it. */
  said: number
  /** What the layout that counts takes it to hold. */
  placed: number
  /** Blocks in its store, */
  held: number
  /** and of these the ones of folders that it has no part in. */
  foreign: number
  /** Room on its disk for more; may be below 0. */
  room: number
}

/** How that came about; ms. */
export interface PledgePast {
  /** For how long it has refused blocks, for want of room, since the last word; null: it does not. */
  refusing: number | null
  /** Since when the last word of its own accord was; Infinity: there was none after its user's. */
  silent: number
}

/** What a device can hold of all that is placed on it, bytes; 0 only where nothing is set: who pledges nothing counts as one that holds nothing. */
export function canHold({ set, held, room }: Pick<PledgeOutlook, 'set' | 'held' | 'room'>): number {
  return set === 0 ? 0 : Math.max(1, Math.floor(Math.min(set, held + Math.max(0, room))))
}

/** What is to be said of it now: mostly what is said already. */
export function nextPledge(outlook: PledgeOutlook, { refusing, silent }: PledgePast): number {
  const { set, said, placed, foreign, room } = outlook
  if (set === 0 || said === 0 || said > set) return set
  const can = canHold(outlook)
  if (silent < BETWEEN_MS) return said
  if (refusing !== null) {
    if (isMore(said, can)) return can
    if (refusing < PATIENCE_MS || isMore(placed, said)) return said
    return Math.min(said, Math.max(1, Math.floor(can * LEAST), Math.floor(said * STEP)))
  }
  const isFree = Math.min(set - foreign, room) >= can * FREE
  return isMore(can, said) && isFree ? can : said
}

/** So many bytes may be held for others now. */
export function limitNow(outlook: PledgeOutlook): number {
  const { set, placed, foreign, room } = outlook
  if (!isMore(placed, canHold(outlook))) return set
  return Math.floor(UNTIL_PLACED * Math.min(set, foreign + Math.max(0, room)))
}

function isMore(bytes: number, than: number): boolean {
  return bytes > than * (1 + SLACK)
}
