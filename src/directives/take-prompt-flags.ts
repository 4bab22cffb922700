import type { Directives } from '../core/directives.ts'
import { withoutBlocks } from '../core/harness-blocks.ts'
import type { JsonPlace, PlaceEdit } from '../core/json-place.ts'
import { placeText } from '../core/json-place.ts'
import type { UserText, UserTurn } from '../core/user-turn.ts'
import type { Loss } from '../core/wire-format.ts'
import type { EdgeLine, EdgeLines } from './flag-line.ts'
import { flagLines, mayHaveFlags, withoutLine } from './flag-line.ts'
import type { PromptFlags } from './from-prompt.ts'
import { fromPrompt } from './from-prompt.ts'
import { overlay } from './merge.ts'

export type TakenFlags = {
  readonly directives: Directives
  /** What the texts are without them. */
  readonly edits: readonly PlaceEdit[]
  readonly warnings: readonly Loss[]
}

/**
 * Flags in what the user said last. In his earlier turns they count no more, and are taken out as they were at the time:
 * the model gets the same conversation every turn, and so does the provider's cache of prompts.
 */
export function takePromptFlags(turns: readonly UserTurn[], allowed: PromptFlags): TakenFlags | undefined {
  if (!turns.some(({ texts }) => texts.some(({ text }) => mayHaveFlags(text)))) return undefined
  const current = turns.findLastIndex(({ texts, hasMore }) => hasMore || texts.some(isOwn))
  let taken: TakenFlags | undefined
  for (const [index, turn] of turns.entries()) {
    const fromTurn = takeFromTurn(turn, allowed)
    if (fromTurn === undefined) continue
    const counted = index === current ? fromTurn : { directives: {}, edits: fromTurn.edits, warnings: [] }
    taken = taken === undefined ? counted : joined(taken, counted)
  }
  return taken
}

function joined(left: TakenFlags, right: TakenFlags): TakenFlags {
  return {
    directives: overlay(left.directives, right.directives),
    edits: [...left.edits, ...right.edits],
    warnings: [...left.warnings, ...right.warnings],
  }
}

/** The first line of his first text and the last line of his last one. */
function takeFromTurn({ texts, hasMore }: UserTurn, allowed: PromptFlags): TakenFlags | undefined {
  const own = texts.filter(isOwn)
  const [first] = own
  const last = own.at(-1)
  if (first === undefined || last === undefined) return undefined
  const head = takeFromText(first, allowed, first === last ? 'both' : 'first')
  const tail = first === last ? undefined : takeFromText(last, allowed, 'last')
  const found = [head, tail].filter((one) => one !== undefined)
  if (found.length === 0) return undefined
  const hasRest = hasMore || own.length > found.length || found.some(({ rest }) => rest.trim() !== '')
  return found.map((one) => asTaken(one, hasRest)).reduce(joined)
}

type Found = {
  readonly text: UserText
  readonly rest: string
  readonly directives: Directives
  readonly problems: readonly string[]
}

function takeFromText(text: UserText, allowed: PromptFlags, where: 'first' | 'last' | 'both'): Found | undefined {
  const edges = flagLines(text.text)
  if (edges === undefined) return undefined
  let rest = text.text
  let directives: Directives = {}
  const problems: string[] = []
  // From the end, so that what stands before stays where it is; what is said last has the last word.
  for (const line of linesOf(edges, where)) {
    if (line.list === undefined) {
      rest = withoutEscape(rest, line)
      continue
    }
    const read = fromPrompt(line.list, allowed)
    if ('problem' in read) {
      problems.push(read.problem)
      continue
    }
    rest = withoutLine(rest, line)
    directives = overlay(read.directives, directives)
  }
  return rest === text.text && problems.length === 0 ? undefined : { text, rest, directives, problems }
}

function linesOf({ first, last }: EdgeLines, where: 'first' | 'last' | 'both'): readonly EdgeLine[] {
  const wanted = where === 'first' ? [first] : where === 'last' ? [last] : [...new Set([last, first])]
  return wanted.filter((line) => line !== undefined)
}

function withoutEscape(text: string, line: EdgeLine): string {
  const at = line.escape ?? text.length
  return text.slice(0, at) + text.slice(at + 1)
}

function asTaken({ text, rest, directives, problems }: Found, hasRest: boolean): TakenFlags {
  const path = placeText(text.place)
  const warnings = problems.map((problem): Loss => ({ path, reason: `${problem}: the line was left as text` }))
  const edit = (place: JsonPlace, value: string | undefined): TakenFlags => ({
    directives,
    edits: [{ place, value }],
    warnings,
  })
  if (rest === text.text) return { directives, edits: [], warnings }
  if (rest.trim() !== '') return edit(text.place, rest)
  if (hasRest && text.block !== undefined) return edit(text.block, undefined)
  // Models refuse an empty message, and whoever writes flags alone wants to see that they are heard.
  const reason = 'the message is nothing but flags: they count, and it was sent as it is'
  return { directives, edits: [], warnings: [...warnings, { path, reason }] }
}

/** Not a block that an agent program put there. */
function isOwn({ text }: UserText): boolean {
  return text.trim() !== '' && withoutBlocks(text).trim() !== ''
}
