import { bareQuestion } from './bare-question.ts'

// Whether two questions are one and the same in other clothes. Cosines of embeddings do not tell: of questions that differ
// in a number, a name or an opposite most lie as near to each other as paraphrases do (docs/caching.md has the figures). So
// every word of substance has to be the same, in the same order; what may differ is politeness, case, marks, and which
// article it is.

// The encoder reads no more of English.
const MOST_UNITS = 400
const LEAST_WORDS = 2

/** What prose is made of. Any other character (of money, logic, an emoji) may be all that two questions differ in. */
const PROSE = /^[\p{L}\p{N}\p{M} \t.,;:!?'()%°/&+−¿¡…，。、？！：；[\]-]*$/u
/** Quotations, calls of functions, addresses, signs that stand alone, factorials. */
const EXACT =
  /(?<!\w)'|'(?!\w)|\w\(|https?:|(?<![\p{L}\p{N}\p{M}%°+-])[-+−/%°&]+(?![\p{L}\p{N}])|(?:\p{N}|(?<!\p{L})\p{L})!/u
const WORD = /[-+−.]?[\p{L}\p{N}][\p{L}\p{N}\p{M}'.,:/%°&+-]*|[()[\]]/gu
const SHORTENED = /\b(what|who|where|when|how|it|that|there)'s\b/gi
const ARTICLES = new Set(['a', 'an', 'the'])
/** In capitals these are names: hepatitis A, the WHO, IT. */
const SMALL = new Set(
  'a all am an and are as at be but by can do for go he if in is it may me my no not of off on or so the to up us was we who will'.split(
    ' ',
  ),
)

/** Of these a capital makes another one: a mW and a MW, Mb and MB, CO and Co. */
const UNIT = /^[-+−.]?[\d.,]*(?!tv$|pm$)(?:[kmgtp]?[bwgvajnslm]|[ckf]|co|pb)$/i

/** What must be the same in two questions that are answered alike; `undefined` for a question that none is like. */
export function substanceOf(question: string): string | undefined {
  const text = proseOf(question)
  if (text === undefined) return undefined
  const words = wordsOf(bareQuestion(text).replace(SHORTENED, '$1 is'))
  const [first, second] = words
  // "What is" goes without saying, and so does an article after it. Whether it is, and what it is, are two questions.
  if (first === 'what' && (second === 'is' || second === 'are')) words.splice(0, 2)
  if (words[0] === ARTICLE) words.shift()
  return words.length < LEAST_WORDS ? undefined : words.join(' ')
}

const ARTICLE = 'the'

function wordsOf(text: string): string[] {
  return rawWordsOf(text).map((word, at) => {
    const small = word.toLowerCase()
    // A sentence may begin with an article.
    if (word !== small && word === word.toUpperCase() && SMALL.has(small) && (at > 0 || word.length > 1)) return word
    if (ARTICLES.has(small)) return ARTICLE
    return UNIT.test(word) ? word : small
  })
}

function rawWordsOf(text: string): string[] {
  return (text.match(WORD) ?? []).map((word) => word.replace(/[.,':/]+$/, ''))
}

/** `undefined` for what is no prose, or too long a text. In capitals alone nothing is a name. */
function proseOf(question: string): string | undefined {
  const text = question.replaceAll('’', "'")
  if (text.length > MOST_UNITS || !PROSE.test(text) || EXACT.test(text)) return undefined
  return /\p{Ll}/u.test(text) ? text : text.toLowerCase()
}

/**
 * The words of which one alone makes another question, sorted: figures, names, negations, question words, opposites. Less
 * than the substance: it leaves the rest to an encoder.
 */
export function anchorsOf(question: string): string | undefined {
  const text = proseOf(question)
  if (text === undefined) return undefined
  const words = rawWordsOf(text)
  if (words.length < LEAST_WORDS) return undefined
  const anchors = words.filter(
    (word, at) => /[\p{N}+]/u.test(word) || (at > 0 && /^\p{Lu}/u.test(word)) || isTelling(word.toLowerCase()),
  )
  return anchors
    .map((word) => word.toLowerCase())
    .sort()
    .join(' ')
}

function isTelling(word: string): boolean {
  return TELLING.has(word) || word.endsWith("n't")
}

const TELLING = new Set(
  `not no never none neither nor without except unless only
  who whom whose when where which why how many much old was were did had will should must may might
  before after since until during above below under over between from into outside inside up down
  more less fewer most least first last next previous largest smallest biggest highest lowest longest shortest oldest youngest
  latest earliest maximum minimum increase decrease increasing decreasing ascending descending buy sell win lose start end begin
  even odd positive negative true false left right north south east west male female man woman king queen father mother
  hot cold summer winter add remove longer shorter higher lower or and my your his her their our`
    .trim()
    .split(/\s+/),
)
