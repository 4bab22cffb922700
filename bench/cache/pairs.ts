// Pairs of questions, made from real ones by rules: those that mean the same, and those that nearly do.

export type Pair = { readonly kind: string; readonly one: string; readonly other: string }

/** The same question in other words. */
export function paraphrases(question: string): Pair[] {
  const bare = question.replace(/[?.!]+$/, '')
  const told = lowerFirst(bare)
  const made: readonly (readonly [string, string | undefined])[] = [
    ['politeness', `Hello, could you please tell me: ${told}? Thanks!`],
    ['politeness', `I'd like to know: ${bare}`],
    ['politeness', `Please ${told}`],
    ['politeness', `Hi! ${question} Thank you in advance.`],
    ['case and marks', bare.toLowerCase()],
    [
      'contraction',
      swapped(question, [
        [/\bwhat is\b/i, "what's"],
        [/\bwho is\b/i, "who's"],
        [/\bit is\b/i, "it's"],
      ]),
    ],
    ['order', reordered(question)],
    [
      'inflection',
      swapped(question, [
        [/\bto find\b/, 'that finds'],
        [/\bto get\b/, 'that gets'],
        [/\bto check\b/, 'that checks'],
      ]),
    ],
    ['synonym', swapped(question, SYNONYMS)],
    ['typing error', mistyped(question)],
  ]
  return pairsOf(question, made)
}

/** Another question that looks like it. `others`: questions of the same kind, for their names. */
export function nearMisses(question: string, others: readonly string[], draw: () => number): Pair[] {
  const made: readonly (readonly [string, string | undefined])[] = [
    ['number', swapped(question, [[/\d+/, (number) => String(Number(number) + 1)]])],
    ['name', renamed(question, others, draw)],
    ['name in lower case', renamed(question, others, draw)?.toLowerCase()],
    ['noun', otherNoun(question, others, draw)],
    ['negation', swapped(question, [[/\b(?:is|are|was|were|does|did|can|has)\b/, (verb) => `${verb} not`]])],
    ['opposite', swapped(question, OPPOSITES)],
    ['what is asked', swapped(question, ASKED)],
    ['small word', swapped(question, SMALL)],
    ['places exchanged', exchanged(question)],
    ['left out', leftOut(question)],
    ['addition', `${question.replace(/[?.!]+$/, '')}, and why?`],
  ]
  return pairsOf(question, made).map((pair) =>
    pair.kind === 'name in lower case' ? { ...pair, one: pair.one.toLowerCase() } : pair,
  )
}

type Swap = readonly [RegExp, string | ((found: string) => string)]

const SYNONYMS: readonly Swap[] = both([
  ['movie', 'film'],
  ['begin', 'start'],
  ['large', 'big'],
  ['buy', 'purchase'],
  ['located', 'situated'],
  ['author', 'writer'],
  ['calculate', 'compute'],
  ['given', 'provided'],
  ['country', 'nation'],
  ['find', 'determine'],
  ['kind', 'type'],
  ['named', 'called'],
  ['maximum', 'greatest'],
  ['car', 'automobile'],
  ['ocean', 'sea'],
  ['job', 'occupation'],
  ['sick', 'ill'],
  ['total', 'overall'],
])
const OPPOSITES: readonly Swap[] = both([
  ['first', 'last'],
  ['largest', 'smallest'],
  ['before', 'after'],
  ['maximum', 'minimum'],
  ['increase', 'decrease'],
  ['buy', 'sell'],
  ['oldest', 'youngest'],
  ['male', 'female'],
  ['north', 'south'],
  ['east', 'west'],
  ['even', 'odd'],
  ['more', 'fewer'],
  ['start', 'end'],
  ['highest', 'lowest'],
  ['win', 'lose'],
  ['king', 'queen'],
  ['father', 'mother'],
  ['most', 'least'],
  ['longest', 'shortest'],
  ['positive', 'negative'],
  ['hot', 'cold'],
  ['above', 'below'],
  ['left', 'right'],
  ['add', 'remove'],
  ['longer', 'shorter'],
  ['summer', 'winter'],
])
const ASKED: readonly Swap[] = [
  [/^who\b/i, 'when'],
  [/^when\b/i, 'where'],
  [/^where\b/i, 'when'],
  [/\bhow many\b/i, 'how old are the'],
  [/^which\b/i, 'how many'],
  [/^what\b/i, 'when'],
]

const SMALL: readonly Swap[] = [
  [/\bis\b/, 'was'],
  [/\bare\b/, 'were'],
  [/\bwas\b/, 'is'],
  [/\bmy\b/i, 'your'],
  [/\bcan\b/i, 'should'],
  [/\bdoes\b/, 'did'],
  [/\bto\b/, 'from'],
  [/\bfrom\b/, 'to'],
  [/\bof\b/, 'without'],
  [/\bwith\b/, 'without'],
  [/\bin\b/, 'outside'],
  [/\bor\b/, 'and'],
]

/** Two of its names or nouns have changed places. */
function exchanged(question: string): string | undefined {
  const [one, other] = [
    ...new Set([...question.matchAll(/(?<=[a-z,] )(?:[A-Z][a-z]{2,}|[a-z]{6,})\b/g)].map(([word]) => word)),
  ]
  if (one === undefined || other === undefined) return undefined
  return question.replaceAll(new RegExp(`\\b(?:${one}|${other})\\b`, 'g'), (found) => (found === one ? other : one))
}

/** Without one of its adjectives or the like. */
function leftOut(question: string): string | undefined {
  const fewer = question.replace(/(?<=\b(?:the|a|an) )[a-z]+ (?=[a-z]+)/, '')
  return fewer === question ? undefined : fewer
}

function both(words: readonly (readonly [string, string])[]): Swap[] {
  return words.flatMap(([one, other]): Swap[] => [
    [new RegExp(`\\b${one}\\b`, 'i'), other],
    [new RegExp(`\\b${other}\\b`, 'i'), one],
  ])
}

function swapped(question: string, swaps: readonly Swap[]): string | undefined {
  const swap = swaps.find(([pattern]) => pattern.test(question))
  if (swap === undefined) return undefined
  const [pattern, by] = swap
  return question.replace(pattern, (found) => (typeof by === 'string' ? by : by(found)))
}

function reordered(question: string): string | undefined {
  const parts = /^((?:In|On|At|For|Of|From) [^,?]{3,60}), ([^,?]+)\?$/.exec(question)
  return parts === null ? undefined : `${parts[2]} ${lowerFirst(parts[1] ?? '')}?`
}

function mistyped(question: string): string | undefined {
  const [longest = ''] = [...question.matchAll(/\b[a-z]{7,}\b/g)]
    .map(([word]) => word)
    .sort((a, b) => b.length - a.length)
  return longest === ''
    ? undefined
    : question.replace(longest, `${longest.slice(0, 3)}${longest[4]}${longest[3]}${longest.slice(5)}`)
}

const NAME = /(?<=[a-z,] )[A-Z][a-z]{2,}\b/

function renamed(question: string, others: readonly string[], draw: () => number): string | undefined {
  const own = NAME.exec(question)?.[0]
  if (own === undefined) return undefined
  const names = others.flatMap((other) => NAME.exec(other)?.[0] ?? []).filter((name) => !question.includes(name))
  const name = names[Math.floor(draw() * names.length)]
  return name === undefined ? undefined : question.replaceAll(own, name)
}

function otherNoun(question: string, others: readonly string[], draw: () => number): string | undefined {
  const nouns = (text: string): string[] => [...text.matchAll(/(?<=\b(?:the|a|an) )[a-z]{4,}\b/g)].map(([word]) => word)
  const own = nouns(question).at(-1)
  if (own === undefined) return undefined
  const found = others.flatMap(nouns).filter((noun) => !question.includes(noun))
  const noun = found[Math.floor(draw() * found.length)]
  return noun === undefined ? undefined : question.replaceAll(new RegExp(`\\b${own}\\b`, 'g'), noun)
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1)
}

function pairsOf(question: string, made: readonly (readonly [string, string | undefined])[]): Pair[] {
  return made.flatMap(([kind, other]) =>
    other === undefined || other === question ? [] : [{ kind, one: question, other }],
  )
}
