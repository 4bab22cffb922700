import { Cursor, isSpace } from './cursor.ts'
import type { Channel, Declared, Dialect, Outcome, TextCall } from './dialect.ts'

/** What a model's text consists of, in order. */
export type TextEvent =
  | { readonly type: 'text' | 'reasoning'; readonly text: string }
  | { readonly type: 'call'; readonly call: TextCall }
  /** The text ended within a call: this is all there was of it. */
  | { readonly type: 'cut'; readonly text: string }

/** Finds calls in a model's text as it arrives. Events are the same however the text is cut. */
export type TextReader = { push(text: string): TextEvent[]; end(): TextEvent[] }

/** How much may be read again after a call that proved none, as a multiple of the text; then the rest is text. */
const MAX_REREADING = 8
const MIN_REREADING = 65_536
const MAX_CALLS = 128

export function createTextReader(known: Dialect, declared: Declared): TextReader {
  const dialect: Dialect = { ...known, opens: [...known.opens, ...(known.opensFor?.(declared) ?? [])] }
  const cursor = new Cursor()
  const { drops = [] } = dialect
  const opens = openPattern([...dialect.opens, ...drops])
  let channel: Channel | undefined
  let ends: RegExp | undefined
  let grammar: Generator<undefined, Outcome, undefined> | undefined
  let start = 0
  // White space of the text that a call would swallow, and whether a line begins here.
  let spaces = ''
  let isLineStart = true
  let length = 0
  let reread = 0
  let calls = 0
  let events: TextEvent[] = []

  function say(text: string): void {
    if (text === '') return
    const last = events.at(-1)
    const type = channel?.channel ?? 'text'
    if (last?.type === type) events[events.length - 1] = { type, text: last.text + text }
    else events.push({ type, text })
  }

  /** Says text but for the white space at its end. */
  function sayText(text: string): void {
    if (text === '') return
    let end = text.length
    while (end > 0 && isSpace(text.charCodeAt(end - 1))) end -= 1
    if (end > 0) {
      say(spaces + text.slice(0, end))
      spaces = ''
      isLineStart = false
    }
    spaces += text.slice(end)
    if (text.includes('\n', end)) isLineStart = true
  }

  function isTired(): boolean {
    return calls >= MAX_CALLS || reread > Math.max(MIN_REREADING, MAX_REREADING * length)
  }

  /** True while there may be more to find in what has arrived. */
  function step(): boolean {
    if (grammar === undefined) return findOpen()
    const { done, value } = grammar.next()
    if (done !== true) return false
    grammar = undefined
    if (value === undefined) giveBack()
    else {
      if (typeof value === 'object' && 'channel' in value) enter(value)
      else if (value === 'cut') cut()
      else found(value)
      cursor.release()
    }
    return true
  }

  function cut(): void {
    events.push({ type: 'cut', text: spaces + cursor.slice(start, cursor.position()) })
    spaces = ''
  }

  function enter(entered: Channel): void {
    channel = entered
    spaces = ''
    ends = openPattern([...dialect.opens, ...entered.ends])
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
    for (const call of made) events.push({ type: 'call', call })
    calls += made.length
    isLineStart = true
  }

  /** It was no call: its first unit is text, and what follows is looked at again. */
  function giveBack(): void {
    reread += cursor.position() - start
    cursor.rewind(start)
    cursor.release()
    sayText(cursor.take(1))
  }

  function findOpen(): boolean {
    const left = cursor.left()
    if (left === 0) return false
    if (isTired()) {
      sayText(cursor.take(left))
      return false
    }
    const index = cursor.search(channel === undefined ? opens : (ends ?? opens))
    const known = index >= 0 ? index : left
    if (known > 0) {
      sayText(cursor.take(known))
      return cursor.left() > 0
    }
    const skipped = channel?.ends ?? drops
    const dropped = nextOf(skipped)
    const open = dialect.atLineStart === true && !isLineStart ? false : nextOf(dialect.opens)
    if (typeof dropped === 'string') {
      if (channel === undefined) cursor.skip(dropped.length)
      else leave(dropped)
    } else if (dropped === undefined || open === undefined) return false
    else if (open === false) sayText(cursor.take(1))
    else begin()
    return true
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
    grammar = dialect.read(cursor, declared)
  }

  function run(): TextEvent[] {
    events = []
    while (step());
    return events
  }

  return {
    push(text) {
      length += text.length
      cursor.feed(text)
      return run()
    },
    end() {
      cursor.end()
      const last = run()
      // White space between calls is nobody's text.
      if (calls === 0) say(spaces)
      spaces = ''
      return last
    },
  }
}

/** Where any open marker might begin: by its first unit. */
function openPattern(markers: readonly string[]): RegExp {
  const units = [...new Set(markers.map((marker) => marker.charAt(0)))]
  return new RegExp(`[${units.map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}]`, 'g')
}
