import type { PartGuard } from '../core/guard.ts'
import type { StreamPart } from '../core/stream-part.ts'
import type { TextStage } from './text-stage.ts'
import { through } from './text-stage.ts'

type TextPart = Extract<StreamPart, { type: 'text-delta' | 'refusal-delta' | 'reasoning-delta' }>
type Kind = TextPart['type']
/** A text as it comes. `aside`: characters of other kinds since it was last said something of. */
type Open = { readonly stage: TextStage; said: number; aside: number }
/** `behind`: how much of the text that is held back had been said before it. */
type Waiting = { readonly part: StreamPart; readonly behind: number }

// Of another kind, between two halves of a word: models that think while they speak, or name sources in a sentence.
const MOST_BETWEEN = 64
const MOST_WAITING = 256

/**
 * Guards the parts of one stream, each kind of text as one text, whatever stands between its pieces: clients put them
 * together again. What comes behind a word that is not whole waits for it, but for no more than 64 characters of another
 * kind; a call, a medium or the end is where every text is over.
 */
export function createPartGuard(createStage: (isJson: boolean | 'perhaps') => TextStage): PartGuard {
  const texts = new Map<Kind, Open>()
  // The kind behind whose held-back text the others wait.
  let first: Kind | undefined
  let waiting: Waiting[] = []
  let between = 0
  let call: { readonly index: number; readonly stage: TextStage } | undefined
  let isCustom = false

  function say({ type, text }: TextPart, out: StreamPart[]): void {
    const open = texts.get(type) ?? { stage: createStage(type === 'text-delta' && 'perhaps'), said: 0, aside: 0 }
    texts.set(type, open)
    open.said += text.length
    open.aside = 0
    // Without the tokens' probabilities, which are the text once more.
    emit(type, open.stage.push(text), out)
    for (const [other, { stage }] of texts) if (other !== type && stage.pending() > 0) setAside(other, text.length, out)
    first ??= open.stage.pending() > 0 ? type : undefined
  }

  /** A word that nobody went on with is over. */
  function setAside(type: Kind, characters: number, out: StreamPart[]): void {
    const open = texts.get(type)
    if (open === undefined) return
    open.aside += characters
    if (open.aside > MOST_BETWEEN && type !== first) closeText(type, out)
  }

  function closeText(type: Kind, out: StreamPart[]): void {
    const open = texts.get(type)
    texts.delete(type)
    if (first === type) first = undefined
    if (open !== undefined) emit(type, open.stage.end(), out)
  }

  function wait(part: StreamPart, behind: Kind, out: StreamPart[]): void {
    waiting.push({ part, behind: texts.get(behind)?.said ?? 0 })
    between += lengthOf(part)
    if (between <= MOST_BETWEEN && waiting.length <= MOST_WAITING) return
    closeText(behind, out)
    for (const { part: one } of takeWaiting()) take(one, out)
  }

  function takeWaiting(): readonly Waiting[] {
    const taken = waiting
    waiting = []
    between = 0
    return taken
  }

  /** What the text that is held back has got past goes out. */
  function release(type: Kind, out: StreamPart[]): void {
    const open = texts.get(type)
    const settled = open === undefined ? Number.POSITIVE_INFINITY : open.said - open.stage.pending()
    while (waiting[0] !== undefined && waiting[0].behind <= settled) {
      const [{ part }] = waiting.splice(0, 1) as [Waiting]
      between -= lengthOf(part)
      deliver(part, out)
    }
    if (open !== undefined && open.stage.pending() > 0) return
    first = undefined
    for (const [other, { stage }] of texts) if (stage.pending() > 0) first ??= other
  }

  function deliver(part: StreamPart, out: StreamPart[]): void {
    if (isText(part)) say(part, out)
    else {
      if (part.type === 'reasoning-end') closeText('reasoning-delta', out)
      const isTitled = part.type === 'citation' && part.title !== undefined
      out.push(isTitled ? { ...part, title: through(createStage(false), part.title) } : part)
    }
  }

  function close(out: StreamPart[]): void {
    if (first !== undefined) closeText(first, out)
    for (const { part } of takeWaiting()) deliver(part, out)
    for (const type of [...texts.keys()]) closeText(type, out)
    closeCall(out)
  }

  function closeCall(out: StreamPart[]): void {
    if (call !== undefined) emitCall(call.index, call.stage.end(), out)
    call = undefined
  }

  function take(part: StreamPart, out: StreamPart[]): void {
    switch (part.type) {
      case 'text-delta':
      case 'refusal-delta':
      case 'reasoning-delta':
        closeCall(out)
        if (first !== undefined && first !== part.type) {
          wait(part, first, out)
          return
        }
        say(part, out)
        if (first === part.type) release(part.type, out)
        return
      case 'citation':
      case 'text-signature':
      case 'reasoning-end': {
        const isOver = part.type === 'reasoning-end' && first === 'reasoning-delta'
        if (first !== undefined && !isOver) {
          wait(part, first, out)
          return
        }
        deliver(part, out)
        if (isOver) for (const { part: one } of takeWaiting()) take(one, out)
        return
      }
      case 'tool-call-delta':
        if (call?.index !== part.index) close(out)
        call ??= { index: part.index, stage: createStage(!isCustom) }
        emitCall(part.index, call.stage.push(part.argumentsText), out)
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

function isText(part: StreamPart): part is TextPart {
  return part.type === 'text-delta' || part.type === 'refusal-delta' || part.type === 'reasoning-delta'
}

function lengthOf(part: StreamPart): number {
  return isText(part) ? part.text.length : 0
}

function emit(type: Kind, text: string, out: StreamPart[]): void {
  if (text !== '') out.push({ type, text })
}

function emitCall(index: number, argumentsText: string, out: StreamPart[]): void {
  if (argumentsText !== '') out.push({ type: 'tool-call-delta', index, argumentsText })
}
