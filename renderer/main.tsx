import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { loadTexts } from './text/load-texts.ts'
import './style.css'

const root = document.querySelector('#root')
if (root !== null) {
  await loadTexts()
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  )
}
