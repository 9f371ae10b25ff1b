import { seededRandom } from '#base'
import { TreeDisk } from '#folder'
import { folderDiskSuite } from './folder-disk-suite.ts'
import { steppingClock, SUBJECTS } from './subjects.ts'
import { DEVICE, KEYS, TestFolder } from './test-folder.ts'

for (const [name, open] of SUBJECTS)
  folderDiskSuite(`on the filesystem ${name}`, () => {
    const subject = open()
    const components = { fs: subject.fs, clock: steppingClock(), random: seededRandom(5) }
    return {
      folder: new TestFolder(subject),
      below: (below) => new TreeDisk(components, { root: `${subject.root}/${below}`, keys: KEYS, device: DEVICE }),
    }
  })
