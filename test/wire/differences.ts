import type { Differences } from './case-data.ts'

// Where our reading of a recorded answer differs on purpose from the reference's, by case and with the reason. A case that
// stops differing fails its test. docs/formats.md is written from this list.

const JSON_THROUGH_A_TOOL = 'The reference asked for JSON through a tool of its own named json; here that is a call.'
const ANTHROPIC_THROWN = 'The reference throws this error; the row has no word for that.'
const DECIDED_BY_CONTENT =
  'An answer with calls for the client ends with them, whatever its label (tool-calling.md §2.1).'
const NO_FINISH = "The reference's test keeps the calls alone: no usage to compare."

/** Differences in the finish or the usage alone, of Anthropic's. */
export const ANTHROPIC_SAME_CONTENT: Differences = {
  'vercel_responses:156': DECIDED_BY_CONTENT,
  'vercel_responses:209': DECIDED_BY_CONTENT,
  'vercel_responses:217': DECIDED_BY_CONTENT,
  'vercel_responses:218': DECIDED_BY_CONTENT,
  'vercel_responses:219': DECIDED_BY_CONTENT,
  'vercel_responses:220': DECIDED_BY_CONTENT,
  'vercel_responses:206': NO_FINISH,
  'vercel_responses:207': NO_FINISH,
  'vercel_responses:208': NO_FINISH,
}

const anthropicMessages: Differences = {
  ...ANTHROPIC_SAME_CONTENT,
  'vercel_responses:144': JSON_THROUGH_A_TOOL,
  'vercel_responses:188': JSON_THROUGH_A_TOOL,
  'vercel_responses:221': ANTHROPIC_THROWN,
  'vercel_responses:222': ANTHROPIC_THROWN,
}

const FORCED_TOOL =
  'the SDK had forced a tool of its own, "json", and shows its call as text; here the client sees the call as it came'

const bedrockConverse: Differences = {
  'vercel_responses:302': FORCED_TOOL,
  'vercel_responses:303': FORCED_TOOL,
  'vercel_responses:304': FORCED_TOOL,
  'vercel_responses:305': FORCED_TOOL,
  'vercel_responses:306': FORCED_TOOL,
  'vercel_responses:307': FORCED_TOOL,
  'vercel_responses:318': 'the answer holds no call that this format knows, so that the label tool_use is not believed',
  'vercel_responses:323': FORCED_TOOL,
  'vercel_responses:324':
    'the SDK had asked for JSON in words and takes a code fence off; a gateway passes on what was said',
  'vercel_responses:329': FORCED_TOOL,
  'vercel_responses:330': FORCED_TOOL,
  'vercel_responses:332': FORCED_TOOL,
  'vercel_responses:333': FORCED_TOOL,
  'vercel_responses:334': FORCED_TOOL,
  'vercel_responses:335': FORCED_TOOL,
}

const CODE_AT_GOOGLE =
  'code that Google ran is text of the answer: a client must not run it, and no other format has a place for it'

const geminiGenerate: Differences = {
  'vercel_responses:226': CODE_AT_GOOGLE,
  'vercel_responses:242': CODE_AT_GOOGLE,
  'vercel_responses:243': CODE_AT_GOOGLE,
  'vercel_responses:270': CODE_AT_GOOGLE,
  'vercel_responses:271': CODE_AT_GOOGLE,
  'vercel_responses:272': CODE_AT_GOOGLE,
}

const EOS =
  'eos is a plain stop of servers that name the end token (tool-calling.md §2.1); the reference knows no such word'
const THROWN =
  'an error in a 200: the reference throws, which its record shows as an empty answer; for us it is an error'
const CALLS = 'calls are there, so the finish is tool-calls whatever the label (tool-calling.md §2.1)'
const APART = 'xAI counts reasoning beside completion_tokens, as total_tokens shows; the reference leaves it out here'

const openaiChat: Differences = {
  'vercel_responses:6': EOS,
  'vercel_responses:17': THROWN,
  'vercel_responses:18': THROWN,
  'vercel_responses:103': APART,
  'vercel_responses:104': APART,
  'vercel_responses:109': EOS,
  'vercel_responses:111': CALLS,
  'vercel_responses:112': CALLS,
  'vercel_responses:113': CALLS,
  'vercel_responses:121': APART,
  'vercel_responses:366':
    'the stream states its usage (226 and 20 tokens); the reference, made for another server, does not read it',
  'vercel_responses:384':
    'the reference drops reasoning deltas that repeat, and adds reasoning to a completion count whose total includes it',
  'vercel_responses:386': THROWN,
}

export const OWN_TOOLS =
  'The peer shows items of the provider’s own tools as calls. They are none that the client has to answer, and occur only where its own body of this format declared the tool: there they are passed through.'
/** In what was thought alone. */
export const ONE_BLOCK =
  'The parts of a summary are one block here, with a blank line between. The peer shows each by itself.'
const WITHOUT_DELTAS = 'The texts come whole, without deltas. The peer reads deltas alone; here the whole text counts.'
const NOT_ENDED = 'The stream has no event that ends it: an interruption here.'
const FAILED = 'A failed response is an error here, whatever else its last event says.'

const openaiResponses: Differences = {
  ...because(OWN_TOOLS, '38', '40', '68', '69', '74', '91', '92'),
  ...because(ONE_BLOCK, '28', '31', '33', '85', '87', '90', '414'),
  ...because(WITHOUT_DELTAS, '60', '93-97'),
  ...because(NOT_ENDED, '62', '441'),
  ...because(FAILED, '81', '83', '429'),
  ...because('A filtered answer may be empty: it says why itself.', '23', '434'),
  ...because('The peer requires item ids, which deltas need not have here.', '424', '425'),
}

/** By the format in which the case is read. */
export const DIFFERENCES = {
  'openai-chat': openaiChat,
  'openai-responses': openaiResponses,
  'anthropic-messages': anthropicMessages,
  'gemini-generate': geminiGenerate,
  'bedrock-converse': bedrockConverse,
  'cohere-chat': {},
} as const satisfies Readonly<Record<string, Differences>>

/** Cases by their lines. */
function because(reason: string, ...lines: readonly string[]): Differences {
  const ids = lines.flatMap((line) => {
    const [first = 0, last = first] = line.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_, offset) => `vercel_responses:${first + offset}`)
  })
  return Object.fromEntries(ids.map((id) => [id, reason]))
}
