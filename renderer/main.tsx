import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { navigate } from 'wouter/use-browser-location'
import { App } from './app.tsx'
import { theShell } from './live/shell.ts'
import { loadTexts } from './text/load-texts.ts'
import './style.css'

const root = document.querySelector('#root')
if (root !== null) {
  await loadTexts()
  theShell()?.onOpen((place) => navigate(place))
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  )
}
