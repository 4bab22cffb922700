import type { Message } from '../../core/request.ts'
import type { Tool } from '../../core/tool.ts'
import type { WriteCalls, WrittenCall } from './emulate.ts'
import { exampleArguments } from './example-call.ts'

// Each costs tokens in every request: arguments longer than this are not shown.
const MAX_CHARACTERS = 600

/**
 * Turns in which calls are asked for and made, for the beginning of a conversation. A small model that is only told how to
 * call answers in prose; one that sees calls makes them, and takes their values from the request where it has seen twice
 * that others come of others (docs/small-models.md has the figures).
 */
export function shownCalls(tools: readonly Tool[], writeCalls: WriteCalls): Message[] {
  const [first, second = first] = tools
  const shown = [first, second].flatMap((tool, place) =>
    tool === undefined ? [] : exampleTurns(tool, place === 1, writeCalls),
  )
  // Two that are the same show no more than one.
  const isRepeated = JSON.stringify(shown.slice(0, 2)) === JSON.stringify(shown.slice(2))
  return isRepeated ? shown.slice(0, 2) : shown
}

function exampleTurns(tool: Tool, isSecond: boolean, writeCalls: WriteCalls): Message[] {
  const { name } = tool
  const args = exampleArguments(tool, {
    of: (member) => `${isSecond ? 'another' : 'some'} ${member.replaceAll('_', ' ')}`,
    isSecond,
  })
  const call: WrittenCall = { name, argumentsText: JSON.stringify(args) }
  if (call.argumentsText.length > MAX_CHARACTERS) return []
  const values = Object.entries(args).map(([member, value]) => `${member} ${JSON.stringify(value)}`)
  const request = `Call ${name}${values.length === 0 ? '' : ` with ${values.join(', ')}`}.`
  return [turn('user', request), turn('assistant', writeCalls([call]))]
}

function turn(role: 'user' | 'assistant', text: string): Message {
  return { role, content: [{ type: 'text', text }], name: undefined }
}
