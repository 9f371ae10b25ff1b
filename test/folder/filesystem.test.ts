import { filesystemSuite } from './filesystem-suite.ts'
import { SUBJECTS } from './subjects.ts'

for (const [name, open] of SUBJECTS) filesystemSuite(name, open)
