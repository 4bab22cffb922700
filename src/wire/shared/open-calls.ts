/** Calls of a history that wait for their results, by the ids that the client knows them by. */
export type OpenCalls = {
  /** The model speaks again, after somebody else did. */
  beginTurn(): void
  /** A call of the turn under way, and the id under which it is sent. */
  call(id: string, written: string): void
  /** The sent id of the call that this result answers; `undefined` when none waits. */
  result(id: string): string | undefined
}

/**
 * Which call a result answers, where ids are used again: servers number their calls anew in every turn, or give all calls
 * of a turn no id at all (design/tool-calling.md §2.2). A result answers a call of the last turn that used its id, and
 * those of one turn are answered in their order.
 */
export function createOpenCalls(): OpenCalls {
  const open = new Map<string, { readonly written: string; readonly turn: number }[]>()
  let turn = 0
  return {
    beginTurn() {
      turn += 1
    },
    call(id, written) {
      const waiting = open.get(id)
      if (waiting === undefined) open.set(id, [{ written, turn }])
      else waiting.push({ written, turn })
    },
    result(id) {
      const waiting = open.get(id) ?? []
      const latest = waiting.at(-1)?.turn
      const place = waiting.findIndex((call) => call.turn === latest)
      return place < 0 ? undefined : waiting.splice(place, 1)[0]?.written
    },
  }
}
