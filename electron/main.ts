import { fileURLToPath } from 'node:url'
import { app } from 'electron'
import { defaultHome } from '#base'
import { startShell } from './shell.ts'

const home = process.env['HOLDFAST_HOME'] || defaultHome(process.env, process.platform)
// `dist/` and `resources/`: in the package, or in the checkout.
startShell({ root: app.isPackaged ? app.getAppPath() : fileURLToPath(new URL('../..', import.meta.url)), home })
