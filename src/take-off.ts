import type { JsonObject } from './core/json.ts'
import { isJsonObject } from './core/json.ts'
import type { Principal, Snapshot } from './core/snapshot.ts'
import type { WireFormat } from './core/wire-format.ts'
import type { TakenRouting } from './directives/take-routing.ts'
import { takeRouting } from './directives/take-routing.ts'

/** Takes what a body says of routing off it. `undefined`: it says nothing. */
export type TakeOff = (body: JsonObject) => TakenRouting | undefined
export type { TakenRouting }

type Caller = {
  readonly format: WireFormat
  readonly principal: Pick<Principal, 'promptFlags'>
  readonly snapshot: Snapshot
  readonly pathModel?: string | undefined
  /** The member that holds the request itself, where a body wraps one. */
  readonly within?: string | undefined
}

const NO_TURNS = () => []

/** How what a caller's body says of routing is taken off it (`openChatBody`). */
export function takeOffFor(caller: Caller): TakeOff {
  const { format, principal, snapshot, pathModel, within } = caller
  const turns = format.userTurns ?? NO_TURNS
  return (body) => {
    const inner = within === undefined ? undefined : body[within]
    const source = { turns, pathModel, principal, snapshot }
    if (within === undefined || !isJsonObject(inner)) return takeRouting(body, source)
    const taken = takeRouting(inner, source)
    return taken === undefined ? undefined : inside(within, taken)
  }
}

function inside(within: string, { said, members, edits }: TakenRouting): TakenRouting {
  return {
    said,
    members: [],
    edits: [
      ...members.map((name) => ({ place: [within, name], value: undefined })),
      ...edits.map(({ place, value }) => ({ place: [within, ...place], value })),
    ],
    model: undefined,
  }
}
