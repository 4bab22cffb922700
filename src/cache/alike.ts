// Whether two questions are one and the same in other clothes. Cosines of embeddings do not tell: of questions that differ
// in a number, a name or an opposite most lie as near to each other as paraphrases do (docs/caching.md has the figures). So
// every word of substance has to be the same, in the same order; what may differ is politeness, case, marks and articles.

// The encoder reads no more of English.
const MOST_UNITS = 400
const LEAST_WORDS = 2

/** Code, formulas and quotations: their every character means something. */
const EXACT = /[`{}<>\\$=|^*#@_"“”«»„]|\n|(?<!\w)'|'(?!\w)|\w\(|https?:/

const GREETING =
  /^(?:(?:hello|hi|hey|dear|good (?:morning|day|evening))\b[\s,.!]*(?:there|all|everyone|team)?[\s,.!]*)+/
const ASKING =
  /^(?:(?:please|kindly|just|so|ok|okay|well|also|and|now)\b[\s,:]*|(?:can|could|would|will) you(?: please| kindly)?[\s,:]+(?=tell|explain|say|give|help|let)|(?:tell|give) me(?! (?:about|more))[\s,:]+|let me know[\s,:]+|help me (?:to )?understand[\s,:]+|do you know[\s,:]+|i(?:'d| would) like to know[\s,:]+|i (?:want|need) to know[\s,:]+|i(?:'m| am| was) (?:wondering|curious)[\s,:]+|(?:my |a |quick |one )*question[\s,:]+)/
const THANKS =
  /[\s,.!?;:-]*\b(?:please|thanks|thank you|thx|cheers)(?: (?:so|very) much| a lot| in advance| again)*[\s,.!?]*$/

/** Words that carry nothing where the rest is the same: articles, the copula of now, and "what", which every question asks. */
const IDLE = new Set(['a', 'an', 'the', 'is', 'are', 'what'])
const SHORTENED = /\b(what|who|where|when|how|it|that|there)'s\b/g

/** What must be the same in two questions that are answered alike; `undefined` for a question that none is like. */
export function substanceOf(question: string): string | undefined {
  if (question.length > MOST_UNITS || EXACT.test(question)) return undefined
  let text = question.toLowerCase().replaceAll('’', "'").trim().replace(SHORTENED, '$1 is').replace(GREETING, '')
  for (let before = ''; before !== text; ) {
    before = text
    text = text.replace(ASKING, '').replace(THANKS, '')
  }
  const words = text.match(/[-+−.]?[\p{L}\p{N}][\p{L}\p{N}\p{M}'.,:/%°€£¥+-]*/gu) ?? []
  const said = words.map((word) => word.replace(/[.,':/+-]+$/, '')).filter((word) => !IDLE.has(word))
  return said.length < LEAST_WORDS ? undefined : said.join(' ')
}

/**
 * The words of which one alone makes another question, sorted: figures, names, negations, question words, opposites. Less
 * than the substance: it leaves the rest to an encoder.
 */
export function anchorsOf(question: string): string | undefined {
  if (question.length > MOST_UNITS || EXACT.test(question)) return undefined
  const words = question.replaceAll('’', "'").match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}'.,:%-]*/gu) ?? []
  if (words.length < LEAST_WORDS) return undefined
  const anchors = words
    .map((word) => word.replace(/[.,':-]+$/, ''))
    .filter((word, at) => /\p{N}/u.test(word) || (at > 0 && /^\p{Lu}/u.test(word)) || isTelling(word.toLowerCase()))
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
