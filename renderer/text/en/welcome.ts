export const welcome = {
  'welcome.title': 'Welcome to Holdfast',
} as const
