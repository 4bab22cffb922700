/** Reasons, and the cases of the AI SDK's tool parser (ids without `aitp:`) that they explain. */
const REASONS: readonly (readonly [reason: string, ids: string])[] = [
  ['`params` are arguments; the source calls with none', '101'],
  ['a parameter that may be anything is the JSON it looks like', '341'],
  ['an option of the source: the case turns its repair off', '462 714 719'],
  [
    'bug of the source: `<content>` in the text of a parameter of that name loses the whole call, though not in five others',
    '525 527 529 531 533 534 539 540 541 542 544 545 546 547',
  ],
  ['elements of one name within each other whose end tags are missing: the source guesses by the schema', '694'],
  [
    'ladder §2.2: arguments are an object, and no arguments an empty one, whatever the schema of the tool calls them',
    '12 61 62 117',
  ],
  ['ladder §3.4: a value that does not fit is broken, though the schema is open; the source passes it on', '37'],
  [
    'ladder §3.4: what an open schema does not declare fits it, and what fits is kept as it was written; the source drops it',
    '106 318 322',
  ],
  [
    'ladder: names are matched with the pattern; the source takes any that begin like it, since matching could take for ever',
    '30 31 38',
  ],
  ['prose in another format is text, whatever it names', '631'],
  ['repair: a backslash that begins no escape is one, as in paths and patterns; the source leaves it out', '397'],
  ['repair: jsonrepair gives up at a bracket between quotes that were not escaped', '3'],
  ['repair: jsonrepair takes // for a comment', '158'],
  ['repair: members behind the arguments do no harm', '110 111 112'],
  ['the name is escaped twice, so it is \\u0063onstructor, a member that the schema forbids, and is dropped', '10'],
  ['the same name in another element is no second value', '200'],
  ['§3.3.14: a value is text, whatever it names; the source drops the call', '216 218 219 220 222 223 224'],
  ['§3.3.8: a call that the text ends in is none; the source completes it', '355 366 551 640'],
  ['§3.3.9: a list of one whole call is read though its close mark is cut; the source wants two or more', '275'],
  ['§3.4: the close mark came, so what is broken is repaired', '494'],
]

/** By case id: why the result is another than the source's. */
export const AI_SDK: Readonly<Record<string, string>> = Object.fromEntries(
  REASONS.flatMap(([reason, ids]) => ids.split(' ').map((id) => [`aitp:${id}`, reason])),
)
