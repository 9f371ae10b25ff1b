export const palette = {
  'palette.title': 'Commands',
} as const
