/** Where a grammar stands while it waits for text. It yields nothing and gets nothing: text arrives in the cursor. */
export type Reading<Result> = Generator<undefined, Result, undefined>

const SPACE = 32
/** Work beyond reading each unit once that an answer may cause: this much at once, and more with every unit that is new. */
const FIRST_ALLOWANCE = 131_072
const MAX_ALLOWANCE = 1_048_576
const ALLOWANCE_PER_UNIT = 8
/** What it takes to look at a piece of text at all, in units. */
const SLICE_WORK = 64
/** So much white space stands within no call. */
const MAX_SPACES_AHEAD = 4_096

/**
 * Text that arrives in pieces, read by grammars that stop where it ends and go on where they stopped. What a grammar
 * decides depends on the text alone, never on where it was cut: every method that could be misled by an end that is only
 * a cut waits for more. Positions are counted from the beginning of the whole text, in UTF-16 units.
 */
export class Cursor {
  /** No more text will come. */
  isEnded = false
  /** And that is not where its writer ended. */
  isCutShort = false
  /** Nothing but white space stands between the beginning of the line, or of the answer, and where a grammar is tried. */
  isLineStart = true
  /** Nothing but white space, thoughts and calls stands between the beginning of the answer and there. */
  isAnswerStart = true
  /** That is within code which explains something. */
  isExample = false
  // What is not read yet, and what of the text before it a mark still holds: in pieces, since one string would be copied
  // with every delta.
  private window = ''
  private at = 0
  private windowStart = 0
  private kept: { readonly at: number; readonly text: string }[] = []
  private isKeeping = false
  // What may be looked at again. It depends on the text alone, as all that a grammar decides.
  private allowance = FIRST_ALLOWANCE
  private furthest = 0
  private spent = 0

  /** Where reading stands. */
  position(): number {
    return this.windowStart + this.at
  }

  /** How much has arrived and is not read. */
  left(): number {
    return this.window.length - this.at
  }

  feed(text: string): void {
    if (this.at > 0) {
      if (this.isKeeping) this.kept.push({ at: this.windowStart, text: this.window.slice(0, this.at) })
      this.windowStart += this.at
      this.window = this.window.slice(this.at) + text
      this.at = 0
    } else {
      this.window += text
    }
  }

  end(): void {
    this.isEnded = true
  }

  /** From here on text can be read again, until `release`. */
  keep(): void {
    this.release()
    this.feed('')
    this.isKeeping = true
  }

  release(): void {
    this.kept = []
    this.isKeeping = false
  }

  /** Counts work beyond reading each unit once, in units that are looked at. */
  spend(units: number): void {
    const gained = Math.max(this.position() - this.furthest, 0)
    this.furthest += gained
    this.allowance = Math.min(this.allowance + gained * ALLOWANCE_PER_UNIT, MAX_ALLOWANCE) - units
    this.spent += units
  }

  /** All that was spent so far, for those who watch over it. */
  work(): number {
    return this.spent
  }

  /** How far to go on without looking at anything again; 0 where nothing is owed. */
  debt(): number {
    this.spend(0)
    return this.allowance >= 0 ? 0 : this.furthest - this.position() + Math.ceil(-this.allowance / ALLOWANCE_PER_UNIT)
  }

  /** Back to a position that is kept. */
  rewind(position: number): void {
    this.spend(Math.max(this.position() - position, 0))
    if (position >= this.windowStart) {
      this.at = position - this.windowStart
      return
    }
    this.window = this.keptText(position, this.windowStart) + this.window
    const last = this.kept.findLastIndex(({ at }) => at <= position)
    const piece = this.kept[last]
    this.kept.length = Math.max(last, 0)
    if (piece !== undefined && piece.at < position) {
      this.kept.push({ at: piece.at, text: piece.text.slice(0, position - piece.at) })
    }
    this.windowStart = position
    this.at = 0
  }

  /** Kept text between two positions. */
  slice(from: number, to: number): string {
    this.spend(to - from + SLICE_WORK)
    return this.keptText(from, to)
  }

  private keptText(from: number, to: number): string {
    if (from >= this.windowStart) return this.window.slice(from - this.windowStart, to - this.windowStart)
    const first = this.kept.findLastIndex(({ at }) => at <= from)
    const before = this.kept
      .slice(first)
      .map(({ at, text }) => text.slice(Math.max(from - at, 0), Math.max(to - at, 0)))
    const after = to > this.windowStart ? this.window.slice(0, to - this.windowStart) : ''
    return before.join('') + after
  }

  /** Reads and returns at most `count` units of what has arrived. */
  take(count: number): string {
    const text = this.window.slice(this.at, this.at + count)
    this.at += text.length
    return text
  }

  skip(count: number): void {
    this.at += count
  }

  /** What has arrived and is not read. */
  arrived(): string {
    return this.window.slice(this.at)
  }

  /** The unit `ahead` of the position, -1 where nothing has arrived. */
  peek(ahead = 0): number {
    const index = this.at + ahead
    return index < this.window.length ? this.window.charCodeAt(index) : -1
  }

  /** True when all of `literal` has arrived and stands `ahead` of the position; `undefined` while it may still come. */
  isNext(literal: string, ahead = 0): boolean | undefined {
    const at = this.at + ahead
    if (this.window.startsWith(literal, at)) return true
    if (this.isEnded || this.window.length - at >= literal.length) return false
    return literal.startsWith(this.window.slice(at)) ? undefined : false
  }

  /** Where `pattern` next matches in what has arrived, in units from the position; -1 for nowhere. */
  search(pattern: RegExp): number {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.window)
    return found === null ? -1 : found.index - this.at
  }

  /** True once there is a unit to look at; false at the end of the text. */
  *some(): Reading<boolean> {
    while (this.left() === 0) {
      if (this.isEnded) return false
      yield
    }
    return true
  }

  /**
   * The first unit after the next one that is no white space, without reading any; empty at the end of the text, a space
   * where there is nothing else for long.
   */
  *nextWord(): Reading<string> {
    let ahead = 1
    for (;;) {
      while (ahead < MAX_SPACES_AHEAD && isSpace(this.peek(ahead))) ahead += 1
      if (this.left() > ahead) return String.fromCharCode(this.peek(ahead))
      if (this.isEnded) return ''
      yield
    }
  }

  /** Reads `literal`, if it is next. */
  *literal(literal: string): Reading<boolean> {
    for (;;) {
      const found = this.isNext(literal)
      if (found === true) this.at += literal.length
      if (found !== undefined) return found
      yield
    }
  }

  /** Reads the first of `literals` that is next, and tells which; -1 for none. None may begin as a later one does. */
  *oneOf(literals: readonly string[]): Reading<number> {
    for (;;) {
      let mayCome = false
      for (const [index, literal] of literals.entries()) {
        const found = this.isNext(literal)
        if (found === true && !mayCome) {
          this.at += literal.length
          return index
        }
        mayCome ||= found !== false
      }
      if (!mayCome) return -1
      yield
    }
  }

  /** True where the text ended in the beginning of one of `literals`. */
  endsIn(literals: readonly string[]): boolean {
    if (!this.isEnded || this.left() === 0) return false
    const rest = this.window.slice(this.at)
    return literals.some((literal) => literal.startsWith(rest))
  }

  /** Reads one of the marks that end something, or the beginning of one at which the text ended. */
  *closing(literals: readonly string[]): Reading<boolean> {
    if ((yield* this.oneOf(literals)) >= 0) return true
    if (!this.endsIn(literals)) return false
    this.at = this.window.length
    return true
  }

  /** Reads white space. */
  *spaces(): Reading<void> {
    for (;;) {
      while (isSpace(this.peek())) this.at += 1
      if (this.left() > 0 || this.isEnded) return
      yield
    }
  }

  /**
   * Reads up to the first of `literals`, and over it. Returns which it was, and where it began; -1 and the end of the text
   * when none came.
   */
  *until(literals: readonly string[]): Reading<{ readonly found: number; readonly at: number }> {
    const longest = Math.max(...literals.map((literal) => literal.length))
    const pattern = anyOf(literals)
    for (;;) {
      // One that begins before it may still be on its way, but only where this one ends what has arrived.
      pattern.lastIndex = this.at
      const match = pattern.exec(this.window)
      if (match !== null) {
        this.at = match.index + match[0].length
        return { found: literals.indexOf(match[0]), at: this.windowStart + match.index }
      }
      if (this.isEnded) {
        this.at = this.window.length
        return { found: -1, at: this.position() }
      }
      this.at = Math.max(this.at, this.window.length - longest + 1)
      yield
    }
  }

  /** Reads on if `reading` says so; else nothing was read. Kept text only. */
  *attempt(reading: Reading<boolean>): Reading<boolean> {
    const position = this.position()
    if (yield* reading) return true
    this.rewind(position)
    return false
  }

  /** Reads as long as `pattern` (sticky, of one unit) matches, `limit` units at most. */
  *while(isPart: (unit: number) => boolean, limit: number): Reading<string> {
    let text = ''
    for (;;) {
      const start = this.at
      while (this.at < this.window.length && text.length + this.at - start < limit && isPart(this.peek())) this.at += 1
      text += this.window.slice(start, this.at)
      if (this.left() > 0 || this.isEnded || text.length >= limit) return text
      yield
    }
  }
}

export function isSpace(unit: number): boolean {
  return unit === SPACE || (unit >= 9 && unit <= 13) || unit === 0xa0
}

const MAX_PATTERNS = 256
const patterns = new Map<string, RegExp>()

/** One search for all of them, since each that is missing would be looked for to the end of what has arrived. */
function anyOf(literals: readonly string[]): RegExp {
  const key = literals.join('\n')
  const known = patterns.get(key)
  if (known !== undefined) return known
  const pattern = new RegExp(literals.map((literal) => literal.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('|'), 'g')
  if (patterns.size >= MAX_PATTERNS) patterns.clear()
  patterns.set(key, pattern)
  return pattern
}
