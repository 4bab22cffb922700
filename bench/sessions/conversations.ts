import { classify } from '../../src/classify/classify.ts'
import type { ContentPart } from '../../src/core/content.ts'
import type { JsonObject } from '../../src/core/json.ts'
import type { ChatRequest, Message } from '../../src/core/request.ts'
import type { Signals } from '../../src/core/router.ts'
import type { Tool } from '../../src/core/tool.ts'

/** One call of an agent's conversation, as a gateway meets it. */
export type SimulatedCall = {
  readonly chat: ChatRequest
  readonly signals: Signals
  /** Milliseconds since the conversation began. */
  readonly at: number
  /** Between a call of a tool and the next words: another model may not be able to read what came before. */
  readonly isInLoop: boolean
  /** It goes on from what a provider keeps. */
  readonly isBound: boolean
}

export type SimulatedConversation = { readonly id: string; readonly calls: readonly SimulatedCall[] }

type Prompt = { readonly kind: string; readonly text: string }

const TOOLS: readonly Tool[] = ['read_file', 'write_file', 'run_command', 'search'].map((name) => ({
  name,
  description: `Works on the files of a project: ${name}.`,
  parameters: { type: 'object', properties: { path: { type: 'string' }, text: { type: 'string' } } },
}))
const SYSTEM = 'You are an agent that works on a project with the tools you have. Say what you do, and keep it short. '
const FOLLOW_UPS = ['continue', 'yes please', 'fix it', 'go on', 'try again', 'ok', 'commit it', 'weiter', 'looks good']
const LINE = 'const total = rows.filter((row) => row.kind === kind).reduce((sum, row) => sum + row.size, 0)\n'
const TOKENS_OF_LINE = 30

const SECOND = 1_000
const MINUTE = 60 * SECOND

/**
 * Conversations of an agent: one to six turns of a user, of which a third says nothing by itself, most of the others go on
 * with the same kind of work, and some turn to another; in two of three turns one to eight calls of tools, whose results
 * have 100 to 4,000 tokens. One pause in ten is longer than a cache lives. In a third the model signs its thoughts, in a
 * tenth the provider keeps the conversation.
 */
export function simulateConversations(
  count: number,
  prompts: readonly Prompt[],
  random: () => number,
): SimulatedConversation[] {
  return Array.from({ length: count }, (_, index) => converse(`c${index}`, prompts, random))
}

function converse(id: string, prompts: readonly Prompt[], random: () => number): SimulatedConversation {
  const pick = <Value>(values: readonly Value[]): Value => values[Math.floor(random() * values.length)] as Value
  const between = (least: number, most: number): number => least * (most / least) ** random()
  const isBound = random() < 0.1
  const signs = random() < 0.33
  const calls: SimulatedCall[] = []
  const messages: Message[] = [message('system', SYSTEM.repeat(Math.round(between(10, 150))))]
  let at = 0
  let asked = pick(prompts)
  let loops = 0

  const call = (isInLoop: boolean): void => {
    const isFirst = calls.length === 0
    const body: JsonObject = {
      session_id: id,
      ...(isBound && !isFirst ? { previous_response_id: `resp_${calls.length}` } : {}),
    }
    const chat = requestOf([...messages], body)
    calls.push({ chat, signals: classify(chat), at, isInLoop, isBound: isBound && !isFirst })
    at += between(3 * SECOND, 40 * SECOND)
  }

  const turns = 1 + Math.floor(random() * 6)
  for (let turn = 0; turn < turns; turn += 1) {
    if (turn > 0) at += random() < 0.1 ? between(6 * MINUTE, 60 * MINUTE) : between(5 * SECOND, 4 * MINUTE)
    const isFollowUp = turn > 0 && random() < 0.33
    if (turn > 0 && !isFollowUp && random() < 0.7) asked = pick(prompts.filter(({ kind }) => kind === asked.kind))
    else if (turn > 0 && !isFollowUp) asked = pick(prompts)
    messages.push(message('user', isFollowUp ? pick(FOLLOW_UPS) : asked.text))
    call(false)
    const steps = random() < 0.67 ? 1 + Math.floor(random() * 8) : 0
    for (let step = 0; step < steps; step += 1) {
      loops += 1
      messages.push(calling(`call_${loops}`, signs), resultOf(`call_${loops}`, between(100, 4_000)))
      call(true)
    }
    messages.push(message('assistant', `Done. ${LINE.repeat(Math.round(between(2, 20)))}`))
  }
  return { id, calls }
}

function message(role: Message['role'], text: string): Message {
  return { role, content: [{ type: 'text', text }], name: undefined }
}

function calling(id: string, signs: boolean): Message {
  const call: ContentPart = { type: 'tool-call', id, name: 'run_command', argumentsText: '{"text":"npm test"}' }
  const signature = { by: 'anthropic-messages', value: 's'.repeat(300) } as const
  const thought: ContentPart = { type: 'reasoning', text: 'The tests say what is missing.', signature }
  return { role: 'assistant', content: signs ? [thought, call] : [call], name: undefined }
}

function resultOf(callId: string, tokens: number): Message {
  const text = LINE.repeat(Math.ceil(tokens / TOKENS_OF_LINE))
  return {
    role: 'tool',
    content: [{ type: 'tool-result', callId, content: [{ type: 'text', text }] }],
    name: undefined,
  }
}

function requestOf(messages: readonly Message[], body: JsonObject): ChatRequest {
  return {
    model: 'auto',
    messages,
    tools: TOOLS,
    toolChoice: undefined,
    parallelToolCalls: undefined,
    sampling: { maxOutputTokens: undefined, temperature: undefined, topP: undefined, choices: undefined },
    reasoning: undefined,
    responseFormat: undefined,
    stream: true,
    includeUsage: true,
    user: undefined,
    metadata: undefined,
    native: { format: 'openai-chat', body },
  }
}
