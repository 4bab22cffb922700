import { withoutBlocks } from '../core/harness-blocks.ts'
import type { Message } from '../core/request.ts'
import type { Tool } from '../core/tool.ts'

// Sizes in UTF-16 units; about four make a token. routers/clusters/train/texts.py cuts its training prompts alike:
// change both together, and train again.
const USER_HEAD = 1_200
const USER_TAIL = 600
const SHORT_TURN = 400
const SYSTEM_HEAD = 100
const TOOL_NAMES = 100
const PREVIOUS_USER = 130
const PREVIOUS_ANSWER = 100
const MAX_USER_MESSAGES = 50
const MAX_END = 131_072

export type RoutingText = { readonly text: string; readonly truncated: boolean }

/**
 * At most 2,300 characters a router may read: head and tail of the last user turn, and when that is too short to
 * speak for itself ("continue", "and in French?"), the previous turns, the tools' names and the head of the system
 * prompt. Never tool results: whoever writes those would choose the model.
 */
export function routingText(messages: readonly Message[], tools: readonly Tool[]): RoutingText {
  const turns = lastTurns(messages)
  const user = turns.user ?? ''
  const parts = [headAndTail(user, USER_HEAD, USER_TAIL)]
  let isCut = user.length > USER_HEAD + USER_TAIL || turns.leavesOut
  if (user.length < SHORT_TURN) {
    const system = systemText(messages)
    const names = tools.map((tool) => tool.name).join(' ')
    // The question stays first: readers with a small window keep the head.
    parts.push(clipHead(system, SYSTEM_HEAD), clipHead(names, TOOL_NAMES))
    parts.push(clipHead(turns.previousUser ?? '', PREVIOUS_USER), clipTail(turns.answer ?? '', PREVIOUS_ANSWER))
    isCut ||= system.length > SYSTEM_HEAD || (turns.previousUser ?? '').length > PREVIOUS_USER
    isCut ||= (turns.answer ?? '').length > PREVIOUS_ANSWER
  } else {
    isCut ||= messages.length > 1
  }
  return { text: parts.filter((part) => part !== '').join('\n\n'), truncated: isCut }
}

type Turns = {
  readonly user: string | undefined
  readonly previousUser: string | undefined
  readonly answer: string | undefined
  /** Older turns exist that were not read. */
  readonly leavesOut: boolean
}

/**
 * The last two user turns with words of their own, and the answer between them. What follows the last one (calls of
 * tools, their results, words between them) changes nothing, however long it grows: a tool loop keeps its text, and so
 * its verdict.
 */
function lastTurns(messages: readonly Message[]): Turns {
  let user: string | undefined
  let answer: string | undefined
  let seen = 0
  for (let index = messages.length - 1; index >= 0; index -= 1) {
    const message = messages[index]
    if (message?.role === 'user') {
      seen += 1
      if (seen > MAX_USER_MESSAGES) return { user, previousUser: undefined, answer, leavesOut: true }
      const text = ownWords(message)
      if (text === '') continue
      if (user !== undefined) return { user, previousUser: text, answer, leavesOut: hasTurnBefore(messages, index) }
      user = text
    } else if (message?.role === 'assistant' && user !== undefined && answer === undefined) {
      const text = plainText(message)
      if (text !== '') answer = text
    }
  }
  return { user, previousUser: undefined, answer, leavesOut: false }
}

function hasTurnBefore(messages: readonly Message[], index: number): boolean {
  return messages.findIndex((message) => message.role === 'user') < index
}

function systemText(messages: readonly Message[]): string {
  const system = messages.find(({ role }) => role === 'system' || role === 'developer')
  return system === undefined ? '' : plainText(system).trim()
}

/** What a message says beside the blocks that a program put into it. */
export function ownWords(message: Message): string {
  const text = plainText(message)
  // Blocks stand at the ends of a message; what lies between the ends of a huge one is not read.
  const ends = text.length <= 2 * MAX_END ? text : `${text.slice(0, MAX_END)}\n${text.slice(-MAX_END)}`
  return withoutBlocks(ends).trim()
}

/** All texts of a message, as lines. */
export function plainText({ content }: Message): string {
  const only = content.length === 1 ? content[0] : undefined
  if (only?.type === 'text') return only.text
  return content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n')
}

function headAndTail(text: string, head: number, tail: number): string {
  if (text.length <= head + tail) return text
  return `${clipHead(text, head)}\n${clipTail(text, tail)}`
}

/** The first `length` units, never cut through a surrogate pair. */
function clipHead(text: string, length: number): string {
  if (text.length <= length) return text
  const last = text.charCodeAt(length - 1)
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? length - 1 : length)
}

function clipTail(text: string, length: number): string {
  if (text.length <= length) return text
  const start = text.length - length
  const first = text.charCodeAt(start)
  return text.slice(first >= 0xdc00 && first < 0xe000 ? start + 1 : start)
}
