import type { Locator } from 'playwright-core'
import { MemoryBackend } from '../api/memory-backend.ts'
import { FilesInMemory, PHOTOS } from './files-backend.ts'
import { it } from './open-page.ts'

export interface FilesPage {
  backend: MemoryBackend
  /** What is in the folder. */
  files: FilesInMemory
  /** Opens the folder, or what the query has in it. */
  look: (query?: string) => Promise<void>
  grid: Locator
  row: (name: string) => Locator
}

/** A test of the page before a folder with that in it. */
export const itOfFiles = (tree: readonly string[]) =>
  it.extend<FilesPage>({
    // oxlint-disable-next-line no-empty-pattern -- vitest reads what a fixture needs out of its pattern
    files: async ({}, use) => use(new FilesInMemory(new MemoryBackend(), tree)),
    // What is in the folder is there before the page asks for it.
    backend: async ({ files }, use) => use(files.backend),
    look: async ({ visit }, use) => use(async (query = '') => await visit(`/files?folder=${PHOTOS}${query}`)),
    grid: async ({ page }, use) => use(page.getByRole('grid')),
    row: async ({ page }, use) => use((name) => page.getByRole('row').filter({ hasText: name })),
  })
