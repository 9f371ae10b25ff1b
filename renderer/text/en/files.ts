export const files = {
  'files.title': 'Files',
} as const
