import type { Signature } from '../../core/content.ts'
import type { JsonObject } from '../../core/json.ts'
import type { StreamPart } from '../../core/stream-part.ts'
import { textOf } from '../shared/read-json.ts'
import { field } from './fields.ts'
import type { PartialArguments } from './partial-args.ts'
import { argumentsTextOf, createPartialArguments } from './partial-args.ts'

/** Reads the `functionCall` parts of one answer. Keeps the count and the open call between events. */
export type CallReader = {
  push(call: JsonObject, signature: Signature | undefined): StreamPart[]
  /** Closes a call that was left open. `isCut`: by a limit, so that it must not look complete. */
  end(isCut: boolean): StreamPart[]
}

type OpenCall = { readonly index: number; readonly pieces: PartialArguments; whole: string; hasPieces: boolean }

/** A call has its name in its first part. One that `willContinue` gets its arguments from the nameless parts after it. */
export function createCallReader(): CallReader {
  let calls = 0
  let open: OpenCall | undefined

  function take(call: OpenCall, value: JsonObject): void {
    const pieces = field(value, 'partialArgs')
    if (pieces !== undefined && pieces !== null) {
      call.pieces.take(pieces)
      call.hasPieces = true
    }
    const whole = argumentsTextOf(value['args'])
    if (whole !== '' && whole !== '{}') call.whole = whole
  }

  function end(isCut: boolean): StreamPart[] {
    if (open === undefined) return []
    const { index, pieces, hasPieces, whole } = open
    open = undefined
    const text = hasPieces ? pieces.text() : whole
    const argumentsText = isCut && hasPieces ? text.slice(0, -1) : text
    return [
      ...(argumentsText === '' ? [] : [{ type: 'tool-call-delta', index, argumentsText } as const]),
      { type: 'tool-call-end', index },
    ]
  }

  return {
    end,
    push(value, signature) {
      const parts: StreamPart[] = []
      const name = textOf(value['name'])
      if (name !== undefined && name !== '') {
        parts.push(...end(false))
        open = { index: calls, pieces: createPartialArguments(), whole: '', hasPieces: false }
        const signed = signature === undefined ? {} : { signature }
        parts.push({ type: 'tool-call-start', index: calls, id: textOf(value['id']) ?? '', name, ...signed })
        calls += 1
      }
      if (open === undefined) return parts
      take(open, value)
      if (field(value, 'willContinue') !== true) parts.push(...end(false))
      return parts
    },
  }
}
