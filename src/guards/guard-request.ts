import type { PlacedGuard } from '../core/guard.ts'
import { isJsonObject } from '../core/json.ts'
import { changeTexts } from './change-texts.ts'
import type { GuardRun } from './text-stage.ts'
import { createGuardStage, through } from './text-stage.ts'
import { textsOf } from './texts-of.ts'

/**
 * A request's body, the text of a JSON object of any client format, as it may go on; the same text where nothing was
 * redacted. Throws `request_blocked` and `guard_failed`.
 */
export function guardRequest(sent: string, guards: readonly PlacedGuard[], run: GuardRun): string {
  let text = sent
  for (const placed of guards) if (placed.on.has('request')) text = guarded(text, placed, run)
  return text
}

function guarded(text: string, placed: PlacedGuard, run: GuardRun): string {
  if (placed.guard.reads === 'every-string') {
    const { book } = run
    const naming = { ...run, book: { ...book, placeholder: book.pseudonym } }
    return changeTexts(text, (one, isName) => {
      book.saw(one)
      return through(createGuardStage(placed, 'other', isName ? naming : run), one)
    })
  }
  const body: unknown = JSON.parse(text)
  if (isJsonObject(body)) {
    for (const { text: one, source } of textsOf(body)) through(createGuardStage(placed, source, run), one)
  }
  return text
}
