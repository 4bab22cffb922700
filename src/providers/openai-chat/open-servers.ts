import type { ChatStep } from './adjust.ts'
import { developerAsSystem, emptyArgumentsAsObject } from './messages.ts'
import { withoutCustomTools, withoutIdleToolFields } from './tools.ts'

/** Servers of open models: chat templates know no developer, tools are functions, arguments are parsed. */
export const OPEN_SERVER_STEPS: readonly ChatStep[] = [
  developerAsSystem,
  withoutCustomTools,
  withoutIdleToolFields,
  emptyArgumentsAsObject,
]
