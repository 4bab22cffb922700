import type { GatewayError } from '../core/errors.ts'
import type { Sink } from '../core/ports.ts'
import type { StreamPart, Usage } from '../core/stream-part.ts'
import type { StreamWriter } from '../core/wire-format.ts'
import type { Enframer } from '../stream/enframe.ts'
import { addUsage } from './refined-calls.ts'

/** A stream that broke in the middle of its text, for another target to go on with. */
export type HandedOver = {
  /** What the client has of the answer. */
  readonly text: string
  /** What it took so far, with earlier targets'. */
  readonly usage: Usage
  readonly sink: Sink
  readonly writer: StreamWriter
  readonly enframer: Enframer
  readonly lastWritten: string | undefined
  /** Nobody says anything for a while: the client is told that the connection lives. */
  keepAlive(): void
  /** Nobody goes on: the client is told that it is cut. */
  breakOff(error: GatewayError): void
}

const MOST_CHARACTERS = 256 * 1024

/** The text of an answer, as long as another target could go on with it. */
export type Continuable = {
  note(parts: readonly StreamPart[]): void
  /** `undefined` where none can: nothing was said, or a call, a signed thought, a medium, a refusal or an end was. */
  text(): string | undefined
}

/** `before`: what earlier targets said. */
export function createContinuable(before = ''): Continuable {
  let text = before
  let isText = true
  return {
    note(parts) {
      for (const part of parts) {
        if (part.type === 'text-delta') text += part.text
        else if (!isBeside(part)) isText = false
      }
      if (text.length > MOST_CHARACTERS) isText = false
    },
    text: () => (isText && text !== '' ? text : undefined),
  }
}

/** What does not keep another target from going on. */
function isBeside(part: StreamPart): boolean {
  switch (part.type) {
    case 'response-start':
    case 'usage':
    case 'citation':
      return true
    case 'reasoning-delta':
      return true
    case 'reasoning-end':
      return part.signature === undefined && part.redacted !== true
    default:
      return false
  }
}

/** The parts of a target that goes on with an answer: it has begun, its thoughts are thought, its tokens add up. */
export function goingOn(parts: readonly StreamPart[], { usage }: Pick<HandedOver, 'usage'>): StreamPart[] {
  return parts.flatMap((part): StreamPart[] => {
    switch (part.type) {
      case 'response-start':
      case 'reasoning-delta':
      case 'reasoning-end':
        return []
      case 'usage':
        return [{ type: 'usage', usage: addUsage(usage, [part.usage]) ?? part.usage }]
      default:
        return [part]
    }
  })
}
