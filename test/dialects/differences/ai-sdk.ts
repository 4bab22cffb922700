/** Reasons, and the cases of the AI SDK's tool parser (ids without `aitp:`) that they explain. */
const REASONS: readonly (readonly [reason: string, ids: string])[] = [
  ['`params` are arguments; the source calls with none', '101'],
  ['a parameter that may be anything is the JSON it looks like', '341'],
  ['a text that names a prototype is text', '11'],
  ['an option of the source: the case turns its repair off', '462 714 719'],
  [
    'bug of the source: an opening tag in the prose of a value loses the whole call, in some texts only',
    '525 527 529 531 533 534 539 540 541 542 544 545 546 547',
  ],
  ['elements of one name within each other whose end tags are missing: the source guesses by the schema', '694'],
  ['ladder: arguments are fitted to the schema', '12 61'],
  [
    'ladder: arguments that the schema does not allow are refused',
    '42 45 46 48 51 54 57 60 62 67 71 75 76 77 82 85 87 105 117 118 491 651',
  ],
  [
    'ladder: arguments that the schema does not declare are dropped',
    '5 6 7 8 22 27 28 29 43 44 66 68 69 70 83 84 86 106 108 114 310 314 318 322 402 619',
  ],
  [
    'ladder: what a pattern of names forbids is dropped or refused',
    '30 31 32 33 34 38 89 90 91 93 323 324 326 327 328',
  ],
  ['prose in another format is text, whatever it names', '631'],
  ['repair: jsonrepair gives up at a bracket between quotes that were not escaped', '3'],
  ['repair: jsonrepair takes // for a comment', '158'],
  ['repair: members behind the arguments do no harm', '110 111 112'],
  ['the name is escaped twice, so it is the text \\u0063onstructor and no member of that name', '10'],
  ['the same name in another element is no second value', '200'],
  ['§3.1: a call without arguments has none; the source drops it', '654'],
  ['§3.3.14: a value is text, whatever it names; the source drops the call', '216 218 219 220 222 223 224'],
  ['§3.3.8: a call that the text ends in is none; the source completes it', '355 366 551 640'],
  [
    '§3.3.9, §3.3.12: a list of calls is read though its close mark is cut, single or with unknown tools; the source gives up',
    '272 273 275 276',
  ],
  ['§3.4: the close mark came, so what is broken is repaired', '494'],
]

/** By case id: why the result is another than the source's. */
export const AI_SDK: Readonly<Record<string, string>> = Object.fromEntries(
  REASONS.flatMap(([reason, ids]) => ids.split(' ').map((id) => [`aitp:${id}`, reason])),
)
