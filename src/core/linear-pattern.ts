/** One unit of a pattern: takes a character, goes on two ways at no cost, holds at the text's beginning or end, or is done. */
type Step =
  | { readonly kind: 'take'; readonly accepts: RegExp; readonly next: number }
  | { readonly kind: 'fork'; next: number; other: number }
  | { readonly kind: 'start' | 'end'; readonly next: number }
  | { readonly kind: 'done' }

/** Repetitions are written out: a pattern of more steps is not matched. */
const MAX_STEPS = 400
const TOKENS = /\\u\{[\da-fA-F]+\}|\\u[\da-fA-F]{4}|\\x[\da-fA-F]{2}|\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]|\(\?:|[\s\S]/gu
const CHARACTER = /^\\(?:u|x|[dDwWsSfnrtv0]|[^a-zA-Z\d])/
const REPETITION = /^\{(\d+)(?:(,)(\d*))?\}/

/**
 * A regular expression that is matched in time linear in the text, however it repeats itself: true for a text that has it
 * somewhere. `undefined` for what needs more than that (look-around, back references, word boundaries) or is none.
 */
export function linearPattern(source: string): ((text: string) => boolean) | undefined {
  try {
    new RegExp(source, 'u')
  } catch {
    return undefined
  }
  const steps = compiled(source.match(TOKENS) ?? [])
  return steps === undefined ? undefined : (text) => matches(steps, text)
}

type Steps = { readonly list: readonly Step[]; readonly first: number }

/** Built from the end, so that every step knows the next one. */
function compiled(tokens: readonly string[]): Steps | undefined {
  const list: Step[] = [{ kind: 'done' }]
  const add = (step: Step): number => {
    if (list.push(step) > MAX_STEPS) throw new Error('Too long.')
    return list.length - 1
  }
  const tree = new Reader(tokens).alternatives()
  if (tree === undefined) return undefined
  try {
    return { first: tree(add, list, 0), list }
  } catch {
    return undefined
  }
}

/** Adds the steps of a part before step `next`; the first of them. */
type Part = (add: (step: Step) => number, list: Step[], next: number) => number

class Reader {
  readonly #tokens: readonly string[]
  #at = 0

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens
  }

  /** All of the pattern, or all of a group; `undefined` for what is not known here. */
  alternatives(isGroup = false): Part | undefined {
    const branches: Part[] = []
    for (;;) {
      const branch = this.#sequence()
      if (branch === undefined) return undefined
      branches.push(branch)
      const token = this.#tokens[this.#at]
      this.#at += 1
      if (token === '|') continue
      if ((token === ')') !== isGroup) return undefined
      return (add, list, next) =>
        branches
          .map((part) => part(add, list, next))
          .reduceRight((other, first) => add({ kind: 'fork', next: first, other }))
    }
  }

  #sequence(): Part | undefined {
    const parts: Part[] = []
    for (let token = this.#tokens[this.#at]; token !== undefined && token !== '|' && token !== ')'; ) {
      const part = this.#atom(token)
      if (part === undefined) return undefined
      parts.push(this.#repeated(part))
      token = this.#tokens[this.#at]
    }
    return (add, list, next) => parts.reduceRight((after, part) => part(add, list, after), next)
  }

  #atom(token: string): Part | undefined {
    this.#at += 1
    if (token === '(' || token === '(?:') return this.#tokens[this.#at] === '?' ? undefined : this.alternatives(true)
    if (token === '^') return (add, _, next) => add({ kind: 'start', next })
    if (token === '$') return (add, _, next) => add({ kind: 'end', next })
    if (token.startsWith('\\') && !CHARACTER.test(token)) return undefined
    const accepts = new RegExp(`^${token}$`, 'u')
    return (add, _, next) => add({ kind: 'take', accepts, next })
  }

  #repeated(part: Part): Part {
    const rest = this.#tokens.slice(this.#at, this.#at + MAX_QUANTIFIER).join('')
    const [all, least, comma, most] = REPETITION.exec(rest) ?? []
    const sign = this.#tokens[this.#at] ?? ''
    if (all === undefined && !/^[*+?]$/.test(sign)) return part
    this.#at += all?.length ?? 1
    // How greedy it is makes no difference to whether it matches.
    if (this.#tokens[this.#at] === '?') this.#at += 1
    if (all === undefined) return times(part, sign === '+' ? 1 : 0, sign === '?' ? 1 : undefined)
    const from = Number(least)
    return times(part, from, comma === undefined ? from : most === '' ? undefined : Number(most))
  }
}

const MAX_QUANTIFIER = 16

/** `most` is `undefined` for as often as it likes. */
function times(part: Part, least: number, most: number | undefined): Part {
  return (add, list, next) => {
    if (Math.max(least, most ?? 0) > MAX_STEPS) throw new Error('Too long.')
    let first = next
    if (most === undefined) {
      first = add({ kind: 'fork', next: 0, other: next })
      const loop = list[first]
      const body = part(add, list, first)
      if (loop?.kind === 'fork') loop.next = body
    } else {
      for (let count = least; count < most; count += 1) {
        first = add({ kind: 'fork', next: part(add, list, first), other: next })
      }
    }
    for (let count = 0; count < least; count += 1) {
      const before = list.length
      first = part(add, list, first)
      // Nothing, as often as it likes: written out, a few of these in each other would never end.
      if (list.length === before) break
    }
    return first
  }
}

function matches({ list, first }: Steps, text: string): boolean {
  const characters = [...text]
  let current = new Set<number>()
  for (let at = 0; at <= characters.length; at += 1) {
    // It may begin anywhere.
    const waiting = [...current, first]
    const reached = new Set<number>()
    const following = new Set<number>()
    for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
      const step = list[place]
      if (step === undefined || reached.has(place)) continue
      reached.add(place)
      if (step.kind === 'done') return true
      if (step.kind === 'fork') waiting.push(step.next, step.other)
      else if (step.kind === 'take') {
        if (step.accepts.test(characters[at] ?? '')) following.add(step.next)
      } else if (at === (step.kind === 'start' ? 0 : characters.length)) waiting.push(step.next)
    }
    current = following
  }
  return false
}
