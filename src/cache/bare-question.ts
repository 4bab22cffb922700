// How people begin and end what they ask. Titles of songs and films begin and end with the same words ("Just Mercy", "Hey
// Jude", how to say "thank you"): a word is taken off only where what stands beside it shows that it is no part of one.

const ASKED =
  "what|what's|whats|who|who's|whom|whose|where|where's|when|when's|which|why|how|how's|if|whether|is|are|was|were|does|did|can|could|would|will|should|please|kindly|tell|give|explain|show|write|list|describe|help|let"
/** A mark, after which anything may follow, or a question's first word; in small letters, for a title's are large. */
const NEXT = `(?:\\s*[:.!]\\s*|\\s*,?\\s*(?=(?:${ASKED}|I)(?![\\w'])|I'))`

const GREETING = new RegExp(
  `^(?:[Hh]ello|[Hh]i|[Hh]ey|[Dd]ear(?= (?:all|team|everyone)\\b)|[Gg]ood (?:morning|day|evening))(?: (?:there|all|everyone|team))?${NEXT}`,
)
const FILLER = new RegExp(`^(?:[Jj]ust|[Ss]o|[Oo][Kk]|[Oo]kay|[Ww]ell|[Aa]lso|[Aa]nd|[Nn]ow)(?:\\s*,\\s*|${NEXT})`)
const PLEASE = /^(?:[Pp]lease|[Kk]indly)\b(?:\s*[,:]\s*|\s+(?=\p{Ll}|I\b))/u
const ASKING = new RegExp(
  `^(?:(?:can|could|would|will) you(?: please| kindly)?[\\s,:]+(?=tell|explain|say|give|help|let)|(?:tell|give) me(?! (?:about|more))[\\s,:]+|let me know[\\s,:]+|help me (?:to )?understand[\\s,:]+|do you know[\\s,:]+(?=(?:${ASKED})(?![\\w']))|i(?:'d| would) like to know[\\s,:]+|i (?:want|need) to know[\\s,:]+|i(?:'m| am| was) (?:wondering|curious)[\\s,:]+(?=(?:${ASKED})(?![\\w']))|(?:my |a |quick |one )+question[\\s,:]+|question\\s*[,:]\\s*)`,
  'i',
)
const THANKS =
  /(?:\s*[,.!?;-][\s,.!?;-]*(?:please|thanks|thank you|thx|cheers)|(?<![\s:])(?<!\b(?:say|says|said|saying|mean|means|meaning|of|word|words|for|to|with|spell|write|pronounce|translate|the|a|an|is|or|and|than|in|from))\s+(?:please|thanks|thank you|thx))(?: (?:so|very) much| a lot| in advance| again)*[\s,.!?]*$/i

/** A question without greetings, pleas and thanks. `’` has to be `'` in it. */
export function bareQuestion(question: string): string {
  let text = question.trim()
  for (let before = ''; before !== text; ) {
    before = text
    for (const polite of [GREETING, FILLER, PLEASE, ASKING, THANKS]) text = text.replace(polite, '')
  }
  return text
}
