export const folders = {
  'progress.done': '{bytes} of {total}',
  'progress.left': '{time} left',
} as const
