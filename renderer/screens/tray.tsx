export { Tray as default } from '../tray/tray.tsx'
