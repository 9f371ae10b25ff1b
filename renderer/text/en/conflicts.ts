export const conflicts = {
  'conflicts.title': 'Conflicts',
} as const
