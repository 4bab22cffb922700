import type { Signature } from '../../core/content.ts'
import { isObjectText } from '../../core/object-text.ts'
import type { StreamPart } from '../../core/stream-part.ts'
import type { CallEntry } from './read-calls.ts'
import { deltaOf, namelessCall, startOf } from './read-calls.ts'

/** Tells the calls of one stream apart and gives each an index of its own. */
export type CallTracker = {
  take(entry: CallEntry): StreamPart[]
  /** Starts of calls that wait for the rest of their name. Throws `upstream_malformed` for arguments without a name. */
  flush(): StreamPart[]
}

type Call = {
  readonly index: number
  readonly slot: number | undefined
  id: string
  name: string
  argumentsText: string
  isAnnounced: boolean
  /** Began as the name of the call before it, said again without arguments: a call only if arguments follow. */
  readonly isDoubtful: boolean
  custom?: true
  signature?: Signature
}

/**
 * Servers disagree on what a delta says of its call: the index is missing, reused or counts from 1; the id is new with
 * every delta; the name is repeated, split, or late (design/tool-calling.md §2.3). A delta belongs to the call of its id if
 * that is known, else of its index, else to the latest one. A new id at a used index is a new call only with a name.
 * A start waits for the first arguments, because until then its name may go on.
 */
export function createCallTracker(): CallTracker {
  const calls: Call[] = []
  const ids = new Map<string, Call>()
  const slots = new Map<number, Call>()

  function take(entry: CallEntry): StreamPart[] {
    const known = find(entry)
    const parts: StreamPart[] = known === undefined ? flush() : []
    const call = known ?? begin(entry)
    if (entry.id !== '') ids.set(entry.id, call)
    if (call.id === '') call.id = entry.id
    if (!call.isAnnounced) {
      call.name = joinedName(call.name, entry.name)
      if (entry.custom !== undefined) call.custom = entry.custom
      if (entry.signature !== undefined) call.signature = entry.signature
    }
    call.argumentsText += entry.argumentsText
    if (call.isAnnounced) {
      if (entry.argumentsText !== '') parts.push(deltaOf(entry.argumentsText, call.index))
    } else if (call.argumentsText !== '' && call.name !== '') announce(call, parts)
    return parts
  }

  /** The call a delta goes on with; `undefined` when it begins one. */
  function find(entry: CallEntry): Call | undefined {
    const { id, slot, name } = entry
    const there = slot === undefined ? undefined : slots.get(slot)
    const byId = id !== '' && there?.id === id ? there : ids.get(id)
    if (byId !== undefined) return isOtherOfSameId(byId, entry) ? undefined : byId
    const latest = calls.at(-1)
    const before = slot === undefined ? latest : there
    if (before === undefined) return id === '' && name === '' ? latest : undefined
    return name === '' || goesOn(before, entry) ? before : undefined
  }

  function begin(entry: CallEntry): Call {
    const before = entry.slot === undefined ? calls.at(-1) : slots.get(entry.slot)
    const isDoubtful = before !== undefined && before.name === entry.name && entry.argumentsText === ''
    const { id, slot } = entry
    const call: Call = { index: calls.length, slot, id, name: '', argumentsText: '', isAnnounced: false, isDoubtful }
    calls.push(call)
    if (slot !== undefined) slots.set(slot, call)
    return call
  }

  function announce(call: Call, parts: StreamPart[]): void {
    call.isAnnounced = true
    parts.push(startOf(call, call.index))
    if (call.argumentsText !== '') parts.push(deltaOf(call.argumentsText, call.index))
  }

  function flush(): StreamPart[] {
    const parts: StreamPart[] = []
    for (const call of calls) {
      if (call.isAnnounced || call.isDoubtful) continue
      if (call.name !== '') announce(call, parts)
      else if (call.argumentsText !== '') throw namelessCall()
    }
    return parts
  }

  return { take, flush }
}

/** Some servers give all parallel calls one id, or the name of their tool for an id: microsoft/agent-framework#6822. */
function isOtherOfSameId(call: Call, { name, slot, argumentsText }: CallEntry): boolean {
  if (name === '' || call.name === '') return false
  if (slot !== undefined && slot !== call.slot) return true
  if (name !== call.name) return call.argumentsText !== ''
  return argumentsText.startsWith('{') && isObjectText(call.argumentsText)
}

/** Whether a delta with a name goes on with the call before it at its place. */
function goesOn(before: Call, { id, slot, name, argumentsText }: CallEntry): boolean {
  if (before.name === '') return true
  const isSame = before.name === name
  const isBare = before.argumentsText === ''
  // The name comes in pieces, or once more with every delta.
  if (id === '') return isSame ? isBlank(argumentsText) || !isObjectText(before.argumentsText) : isBare
  if (before.id === '') return isSame && isBare
  if (!isSame || slot === undefined) return false
  return argumentsText === '' ? !isObjectText(before.argumentsText) : !isBare && !isObjectText(before.argumentsText)
}

/** White space that says nothing. No arguments at all, after those that were complete, may begin another call. */
function isBlank(argumentsText: string): boolean {
  return argumentsText !== '' && argumentsText.trim() === ''
}

function joinedName(before: string, later: string): string {
  return later.startsWith(before) ? later : before + later
}
