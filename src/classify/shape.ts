import type { ContentPart, MediaSource } from '../core/content.ts'
import type { JsonValue } from '../core/json.ts'
import type { ChatRequest, Message } from '../core/request.ts'
import type { Phase } from '../core/router.ts'
import { ownWords } from './routing-text.ts'
import { estimateTokens } from './token-estimate.ts'

/** What kinds of content the conversation holds, and how large it is. */
export type Shape = {
  readonly promptTokens: number
  readonly lastTurnTokens: number
  readonly turns: number
  readonly phase: Phase
  readonly hasImages: boolean
  readonly hasAudio: boolean
  readonly hasFiles: boolean
}

// What chat templates add to every message and tool.
const TOKENS_PER_MESSAGE = 4
const TOKENS_PER_TOOL = 8
// A picture of usual size at the usual providers; they charge from 85 to 1,600.
const TOKENS_PER_IMAGE = 800
// 16 kB of audio a second at 10 tokens a second, in base64.
const AUDIO_UNITS_PER_TOKEN = 2_000
const FILE_UNITS_PER_TOKEN = 40

/** Counts and sizes, one pass over the messages; long texts are sampled, attachments are measured by their length. */
export function shapeOf({ messages, tools }: ChatRequest): Shape {
  let promptTokens = 0
  let lastTurnTokens = 0
  let turns = 0
  let hasImages = false
  let hasAudio = false
  let hasFiles = false
  for (const message of messages) {
    const tokens = messageTokens(message)
    promptTokens += tokens
    if (message.role === 'user') {
      turns += 1
      lastTurnTokens = tokens
    }
    for (const part of message.content) {
      if (part.type === 'image') hasImages = true
      else if (part.type === 'audio') hasAudio = true
      else if (part.type === 'file') hasFiles = true
    }
  }
  for (const tool of tools) {
    const parameters = tool.parameters === undefined ? '' : JSON.stringify(tool.parameters)
    promptTokens += TOKENS_PER_TOOL + estimateTokens(`${tool.name} ${tool.description ?? ''} ${parameters}`)
  }
  return {
    promptTokens: Math.ceil(promptTokens),
    lastTurnTokens: Math.ceil(lastTurnTokens),
    turns,
    phase: phaseOf(messages, turns),
    hasImages,
    hasAudio,
    hasFiles,
  }
}

function messageTokens(message: Message): number {
  let tokens = TOKENS_PER_MESSAGE
  for (const part of message.content) tokens += partTokens(part)
  return tokens
}

function partTokens(part: ContentPart): number {
  switch (part.type) {
    case 'text':
    case 'refusal':
    case 'reasoning':
      return estimateTokens(part.text)
    case 'image':
      return TOKENS_PER_IMAGE
    case 'audio':
      return sourceUnits(part.source) / AUDIO_UNITS_PER_TOKEN
    case 'file':
      return sourceUnits(part.source) / FILE_UNITS_PER_TOKEN
    case 'tool-call':
      return estimateTokens(part.name) + estimateTokens(part.argumentsText)
    case 'tool-result':
      return part.content.reduce((sum, inner) => sum + partTokens(inner), 0)
    case 'native':
      return jsonUnits(part.value) / FILE_UNITS_PER_TOKEN
    default: {
      const unhandled: never = part
      return unhandled
    }
  }
}

function sourceUnits(source: MediaSource): number {
  return source.type === 'data' ? source.data.length : 0
}

/** Length of a value's JSON, nearly: a file of megabytes is not written out to be measured. */
function jsonUnits(value: JsonValue | undefined): number {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null) return 1
  let units = 0
  for (const member of Object.values(value)) units += jsonUnits(member)
  return units
}

/**
 * A tool's answer at the end means that the model is in the middle of its work; reminders that a program put behind it are
 * nobody's turn.
 */
function phaseOf(messages: readonly Message[], turns: number): Phase {
  if (messages.findLast((message) => !isReminder(message))?.role === 'tool') return 'tool-loop'
  return turns > 1 ? 'user-turn' : 'first-turn'
}

function isReminder(message: Message): boolean {
  return message.role === 'user' && message.content.every(({ type }) => type === 'text') && ownWords(message) === ''
}
