import { Cursor, isSpace } from './cursor.ts'
import type { Channel, CutShort, Declared, Dialect, Outcome, TextCall } from './dialect.ts'
import { MAX_CALLS } from './dialect.ts'
import { createFences } from './fences.ts'
import type { Thinking } from './thinking.ts'
import { spacesBefore, thinkingsOf } from './thinking.ts'

/** What a model's text consists of, in order. */
export type TextEvent =
  | { readonly type: 'text' | 'reasoning'; readonly text: string }
  | { readonly type: 'call'; readonly call: TextCall }
  /** The text ended within a call: this is all there was of it. */
  | { readonly type: 'cut'; readonly text: string }

/** Finds calls in a model's text as it arrives. Events are the same however the text is cut. */
export type TextReader = {
  push(text: string): TextEvent[]
  /** `isCut`: the answer was cut where it ends, by a limit or a filter. */
  end(isCut?: boolean): TextEvent[]
  /** What came last may be a call, of which nothing is said before it is whole. */
  isReading(): boolean
  /** Units of text looked at beyond reading each once, so far. */
  work(): number
}

/** The end of JSON or Python, behind which a mark may have begun. */
const WHOLE = /[}\])](?:\s*(?:<\/?[\w|｜▁:]*|`{1,2}))?$/

/** Before a mark that is spoken of. */
const QUOTES: ReadonlySet<string> = new Set(['`', '"', "'"])

export type ReadOptions = {
  /** The template has opened the thinking already: the text begins within it. */
  readonly beginsThinking?: boolean
}

export function createTextReader(known: Dialect, declared: Declared, options: ReadOptions = {}): TextReader {
  const dialect: Dialect = { ...known, opens: [...known.opens, ...(known.opensFor?.(declared) ?? [])] }
  const cursor = new Cursor()
  const fences = createFences()
  const { drops = [] } = dialect
  const thinkings = thinkingsOf(dialect)
  // In which thinking is, or was last.
  let thinking: Thinking = thinkings[0]
  let thought: Channel = thoughtIn(thinking)
  const thinkingOpens = thinkings.map(({ open }) => open)
  const thinkingTokens = thinkings.flatMap(({ open, isToken }) => (isToken ? [open] : []))
  const thinkingCloses = thinkings.map(({ close }) => close)
  const opens = openPattern([...dialect.opens, ...drops, ...thinkingOpens, ...thinkingCloses])
  let channel: Channel | undefined
  let ends: RegExp | undefined
  let grammar: Generator<undefined, Outcome, undefined> | undefined
  let start = 0
  // White space that is text if more of it follows, calls between them or not; and whether a line begins here.
  let spaces = ''
  let endsInCall = false
  let hasText = false
  let held = ''
  let isLineStart = true
  let calls = 0
  let events: TextEvent[] = []
  // Where the marks of thinking are: white space after one says nothing, and an end without a beginning is dropped once.
  let isAfterMark = false
  let mayHaveLabel = false
  let hasSaid = false
  let isCutShort = false
  let mayCloseThought = true
  let lastUnit = ''
  // The first half of a character whose second has not come.
  let half = ''

  function say(text: string): void {
    if (text === '') return
    if (isOver()) {
      held += text
      return
    }
    hasSaid = true
    const last = events.at(-1)
    const type = channel?.channel ?? 'text'
    if (last?.type === type) events[events.length - 1] = { type, text: last.text + text }
    else events.push({ type, text })
  }

  /** Says text but for the white space at its end, and for that after a mark. */
  function sayText(arrived: string): void {
    const text = isAfterMark ? arrived.slice(spacesBefore(arrived)) : arrived
    if (text === '') return
    if (channel === undefined) fences.read(text)
    isAfterMark = false
    lastUnit = text.charAt(text.length - 1)
    let end = text.length
    while (end > 0 && isSpace(text.charCodeAt(end - 1))) end -= 1
    if (end > 0) {
      say(spaces + text.slice(0, end))
      spaces = ''
      isLineStart = false
      if (channel?.channel !== 'reasoning') hasText = true
      endsInCall = false
    }
    spaces += text.slice(end)
    if (text.includes('\n', end)) isLineStart = true
  }

  /** What was held is text between calls, since another has begun. */
  function sayHeld(): void {
    if (held !== '') events.push({ type: 'text', text: held })
    held = ''
  }

  /** What follows the calls of such a dialect is no text, if no other call comes. */
  function isOver(): boolean {
    return dialect.endsAnswer === true && calls > 0 && channel?.channel !== 'reasoning'
  }

  /** How much of what has arrived is text unseen: what follows the last call, and where too much was looked at again. */
  function unseen(): number {
    return calls >= MAX_CALLS ? cursor.left() : Math.min(cursor.left(), cursor.debt())
  }

  /** True while there may be more to find in what has arrived. */
  function step(): boolean {
    if (grammar === undefined) return findOpen()
    const { done, value } = grammar.next()
    if (done !== true) return false
    grammar = undefined
    if (value === undefined || (value === 'empty' && !isLineStart)) giveBack()
    else {
      if (typeof value === 'object' && 'channel' in value) enter(value)
      else if (value === 'cut' || mayBeCut(value)) cutOff(spaces, start)
      else if (value !== 'empty' && value !== 'dropped') foundAll(value)
      cursor.release()
      isAfterMark = false
    }
    return true
  }

  /** Of calls at the end of a text that was cut, only JSON and Python say that nothing is missing. */
  function mayBeCut(value: Exclude<Outcome, undefined>): boolean {
    if (!isCutShort || cursor.left() > 0 || !Array.isArray(value)) return false
    return !WHOLE.test(cursor.slice(start, cursor.position()).trimEnd())
  }

  function foundAll(made: readonly TextCall[] | CutShort): void {
    if ('calls' in made) {
      found(made.calls)
      cutOff('', made.cutAt)
    } else found(made)
  }

  /** Where no tool was offered none can have been called. */
  function cutOff(before: string, at: number): void {
    const text = before + cursor.slice(at, cursor.position())
    if (declared.tools.size === 0) say(text)
    else {
      sayHeld()
      events.push({ type: 'cut', text })
    }
    spaces = ''
  }

  function think(kind: Thinking): void {
    cursor.skip(kind.open.length)
    if (kind !== thinking) thought = thoughtIn(kind)
    thinking = kind
    // White space before it parts two texts, or is nothing.
    if (hasSaid) say(spaces)
    spaces = ''
    enter(thought)
    isAfterMark = true
    mayHaveLabel = thinking.label !== undefined
  }

  function endThought(close: string): void {
    cursor.skip(close.length)
    if (channel === undefined && hasSaid) say(spaces)
    channel = undefined
    spaces = ''
    isAfterMark = true
    isLineStart = true
    mayCloseThought = false
  }

  function enter(entered: Channel): void {
    channel = entered
    spaces = ''
    const inner = entered === thought ? [thinking.open, ...(thinking.endsAtCall ? dialect.opens : [])] : dialect.opens
    ends = openPattern([...inner, ...entered.ends])
    isLineStart = true
  }

  /** Out of a channel whose end is next; what stood before it there has its own white space. */
  function leave(end: string): void {
    cursor.skip(end.length)
    channel = undefined
    spaces = ''
    isLineStart = true
  }

  function found(made: readonly TextCall[]): void {
    if (made.length > 0) sayHeld()
    for (const call of made) events.push({ type: 'call', call })
    calls += made.length
    endsInCall = true
    isLineStart = true
    if (channel !== thought) return
    channel = undefined
    spaces = ''
  }

  /** It was no call: its first unit is text, and what follows is looked at again. */
  function giveBack(): void {
    cursor.rewind(start)
    cursor.release()
    sayText(cursor.take(1))
  }

  function findOpen(): boolean {
    const left = cursor.left()
    if (left === 0) return false
    const plainly = unseen()
    if (plainly > 0) {
      sayText(cursor.take(plainly))
      return cursor.left() > 0
    }
    if (mayHaveLabel && !hasReadLabel()) return false
    const index = cursor.search(channel === undefined ? opens : (ends ?? opens))
    const plain = index >= 0 ? index : left
    if (plain > 0) {
      sayText(cursor.take(plain))
      return cursor.left() > 0
    }
    const mark = nextMark()
    const dropped = channel === thought ? false : nextOf(channel?.ends ?? drops)
    const open = mayBegin() ? nextOf(dialect.opens) : false
    if (mark === undefined) return false
    const begun = thinkings.find(({ open }) => open === mark)
    if (begun !== undefined) think(begun)
    else if (mark !== false) endThought(mark)
    else if (typeof dropped === 'string') {
      if (channel === undefined) cursor.skip(dropped.length)
      else leave(dropped)
    } else if (dropped === undefined || open === undefined) return false
    else if (open !== false) begin()
    else return sayUnit()
    return true
  }

  /** One unit that begins nothing. The end that a thought spoken of has is text like its beginning. */
  function sayUnit(): boolean {
    const spokenOf = channel === undefined ? nextOf(thinkingOpens) : false
    if (spokenOf === undefined) return false
    if (spokenOf !== false && !QUOTES.has(lastUnit)) mayCloseThought = false
    sayText(cursor.take(1))
    return true
  }

  /** False while it may still come. */
  function hasReadLabel(): boolean {
    const { label = '' } = thinking
    const isNext = cursor.isNext(label)
    if (isNext === undefined) return false
    if (isNext) cursor.skip(label.length)
    mayHaveLabel = false
    return true
  }

  /** Thinking may begin and end here; in a channel of another kind it does neither. */
  function nextMark(): string | false | undefined {
    if (channel !== undefined && channel !== thought) return false
    if (channel === thought) return nextOf([...(isAfterMark ? [thinking.open] : []), thinking.close])
    if (QUOTES.has(lastUnit)) return false
    return nextOf([...(isLineStart ? thinkingOpens : thinkingTokens), ...(mayCloseThought ? thinkingCloses : [])])
  }

  function mayBegin(): boolean {
    if (channel === thought) return thinking.endsAtCall
    if (dialect.mayBeExample === true && fences.isExample()) return false
    if (dialect.atAnswerStart === true && hasText) return false
    return dialect.atLineStart !== true || isLineStart
  }

  /** Which of these is next; `undefined` while one may still be. */
  function nextOf(literals: readonly string[]): string | false | undefined {
    let isWaiting = false
    for (const literal of literals) {
      const found = cursor.isNext(literal)
      if (found === true) return literal
      if (found === undefined) isWaiting = true
    }
    return isWaiting ? undefined : false
  }

  function begin(): void {
    start = cursor.position()
    cursor.keep()
    cursor.isLineStart = isLineStart
    cursor.isAnswerStart = !hasText
    cursor.isExample = fences.isExample()
    grammar = dialect.read(cursor, declared)
  }

  function run(): TextEvent[] {
    events = []
    while (step());
    return events
  }

  if (options.beginsThinking === true) {
    enter(thought)
    isAfterMark = true
  }
  return {
    push(arrived) {
      const text = half + arrived
      half = /[\ud800-\udbff]$/.test(text) ? text.slice(-1) : ''
      const whole = text.slice(0, text.length - half.length)
      cursor.feed(whole)
      return run()
    },
    isReading: () => grammar !== undefined,
    end(isCut = false) {
      isCutShort = isCut
      cursor.isCutShort = isCut
      cursor.feed(half)
      cursor.end()
      const last = run()
      if (!endsInCall) say(spaces)
      spaces = ''
      return last
    },
    work: () => cursor.work(),
  }
}

function thoughtIn({ close }: Thinking): Channel {
  return { channel: 'reasoning', ends: [close] }
}

/** Where any open marker might begin: by its first unit. */
function openPattern(markers: readonly string[]): RegExp {
  const units = [...new Set(markers.map((marker) => marker.charAt(0)))]
  return new RegExp(`[${units.map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}]`, 'g')
}
