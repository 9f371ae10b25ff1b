import { constants, setPriority } from 'node:os'

// Real daemons run beside it, and wait for one another; whoever simulates time has time.
setPriority(constants.priority.PRIORITY_LOW)
