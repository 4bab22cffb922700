import type { AnswerGuard, PartGuard, PlacedGuard } from '../core/guard.ts'
import { isJsonObject } from '../core/json.ts'
import { parseExact } from '../core/lossless-json.ts'
import type { StreamPart } from '../core/stream-part.ts'
import { changeTexts } from './change-texts.ts'
import type { GuardRun, TextStage } from './text-stage.ts'
import { createGuardStage, createRestoreStage, inTurn, through } from './text-stage.ts'

/** Guards the answers of one call; `undefined` where nothing of them could change. */
export function createAnswerGuard(guards: readonly PlacedGuard[], run: GuardRun): AnswerGuard | undefined {
  const { book } = run
  const placed = guards.filter(({ on }) => on.has('answer'))
  const restores = !book.isEmpty() && guards.some((one) => one.restores)
  if (placed.length === 0 && !restores) return undefined

  function createStage(isJson: boolean | 'perhaps'): TextStage {
    const stages = placed.map((one) => createGuardStage(one, 'assistant', run, isJson === true))
    return inTurn(restores ? [...stages, createRestoreStage(book, isJson)] : stages)
  }

  return {
    whole(text) {
      const changed = changeTexts(text, (one) => through(createStage(false), one))
      return changed === text ? text : withoutLogprobs(changed)
    },
    stream: () => createPartGuard(createStage),
  }
}

type Channel =
  | { readonly type: 'text-delta' | 'refusal-delta' | 'reasoning-delta' }
  | { readonly type: 'tool-call-delta'; readonly index: number }

/** One text after the other: what another part interrupts is over, so nothing of it comes after that part. */
function createPartGuard(createStage: (isJson: boolean | 'perhaps') => TextStage): PartGuard {
  let channel: Channel | undefined
  let stage: TextStage | undefined
  let isCustom = false

  function close(out: StreamPart[]): void {
    if (stage === undefined || channel === undefined) return
    say(channel, stage.end(), out)
    stage = undefined
    channel = undefined
  }

  function extend(next: Channel, text: string, out: StreamPart[]): void {
    if (channel?.type !== next.type) close(out)
    stage ??= createStage(next.type === 'tool-call-delta' ? !isCustom : next.type === 'text-delta' && 'perhaps')
    channel = next
    say(next, stage.push(text), out)
  }

  function take(part: StreamPart, out: StreamPart[]): void {
    switch (part.type) {
      case 'text-delta':
      case 'refusal-delta':
      case 'reasoning-delta':
        // Without the tokens' probabilities, which are the text once more.
        extend({ type: part.type }, part.text, out)
        return
      case 'tool-call-delta':
        extend({ type: part.type, index: part.index }, part.argumentsText, out)
        return
      case 'tool-call-start':
        close(out)
        isCustom = part.custom === true
        out.push(part)
        return
      case 'media':
        close(out)
        out.push(
          part.transcript === undefined ? part : { ...part, transcript: through(createStage(false), part.transcript) },
        )
        return
      case 'citation':
        close(out)
        out.push({ ...part, ...(part.title === undefined ? {} : { title: through(createStage(false), part.title) }) })
        return
      default:
        close(out)
        out.push(part)
    }
  }

  return {
    push(part) {
      const out: StreamPart[] = []
      take(part, out)
      return out
    },
    end() {
      const out: StreamPart[] = []
      close(out)
      return out
    },
  }
}

function say(channel: Channel, text: string, out: StreamPart[]): void {
  if (text === '') return
  if (channel.type === 'tool-call-delta') out.push({ ...channel, argumentsText: text })
  else out.push({ type: channel.type, text })
}

/** The tokens' probabilities are the text once more, piece by piece. */
function withoutLogprobs(text: string): string {
  if (!text.includes('"logprobs"') && !text.includes('"logprobsResult"')) return text
  const body = parseExact(text)
  if (!isJsonObject(body)) return text
  return JSON.stringify(body, (key, value: unknown) =>
    (key === 'logprobs' || key === 'logprobsResult') && typeof value === 'object' ? null : value,
  )
}
