export const peers = {
  'peers.title': 'Devices',
} as const
