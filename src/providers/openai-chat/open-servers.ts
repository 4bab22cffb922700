import type { ChatStep } from './adjust.ts'
import { forModels } from './adjust.ts'
import { callIdsOfModel } from './call-ids.ts'
import { developerAsSystem, emptyArgumentsAsObject } from './messages.ts'
import { gptOssEffort } from './reasoning.ts'
import { plainTools, withoutIdleToolFields } from './tools.ts'

/** Servers of open models: chat templates know no developer, tools are functions, arguments are parsed, ids are the model's own. */
export const OPEN_SERVER_STEPS: readonly ChatStep[] = [
  developerAsSystem,
  plainTools,
  withoutIdleToolFields,
  emptyArgumentsAsObject,
  callIdsOfModel,
  forModels(/gpt-oss/i, gptOssEffort),
]
