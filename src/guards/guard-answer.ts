import type { AnswerGuard, PlacedGuard } from '../core/guard.ts'
import { isJsonObject } from '../core/json.ts'
import { parseExact } from '../core/lossless-json.ts'
import { changeTexts } from './change-texts.ts'
import { createPartGuard } from './part-guard.ts'
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

/** The tokens' probabilities are the text once more, piece by piece. */
function withoutLogprobs(text: string): string {
  if (!text.includes('"logprobs"') && !text.includes('"logprobsResult"')) return text
  const body = parseExact(text)
  if (!isJsonObject(body)) return text
  return JSON.stringify(body, (key, value: unknown) =>
    (key === 'logprobs' || key === 'logprobsResult') && typeof value === 'object' ? null : value,
  )
}
