import type { ContentPart } from '../../core/content.ts'
import type { ChatRequest } from '../../core/request.ts'
import { shortHash } from '../../core/short-hash.ts'
import type { Tool, ToolChoice } from '../../core/tool.ts'

/** A request whose tools have names that a format takes, and where they differ: as written ▶ as the client said. */
export type FittedNames = {
  readonly request: ChatRequest
  readonly toolNames: ReadonlyMap<string, string> | undefined
}

const MAX_NAME = 64
/** 59 bits. */
const HASH_LENGTH = 10

/** What OpenAI, Anthropic and Bedrock take. Anthropic itself takes 128 characters, not so where its models are hosted. */
export const PLAIN_NAME = /^[a-zA-Z0-9_-]{1,64}$/

/**
 * Every tool under a name that `valid` takes: declared, chosen, or only called in the history. A name that may stand stays.
 * Another becomes its plain characters and a hash of the whole, never a name that is taken, so that two tools never meet
 * (design/tool-calling.md §0.4). The same request where all names may stand.
 */
export function fitToolNames(request: ChatRequest, valid: RegExp): FittedNames {
  const names = namesOf(request)
  const taken = new Set([...names].filter((name) => valid.test(name)))
  if (taken.size === names.size) return { request, toolNames: undefined }
  for (const { name, native } of request.tools) if (native !== undefined) taken.add(name)
  const fitted = new Map<string, string>()
  for (const name of names) {
    if (valid.test(name)) continue
    const written = fitName(name, taken)
    taken.add(written)
    fitted.set(name, written)
  }
  return {
    request: renamed(request, (name) => fitted.get(name) ?? name),
    toolNames: new Map([...fitted].map(([name, written]) => [written, name])),
  }
}

/** A provider's own tools keep the names that its format gave them. */
function namesOf({ tools, toolChoice, messages }: ChatRequest): ReadonlySet<string> {
  const names = new Set<string>()
  const own = new Set<string>()
  for (const { name, native } of tools) (native === undefined ? names : own).add(name)
  for (const name of chosenNames(toolChoice)) if (!own.has(name)) names.add(name)
  for (const { content } of messages) {
    for (const part of content) if (part.type === 'tool-call') names.add(part.name)
  }
  return names
}

function chosenNames(choice: ToolChoice | undefined): readonly string[] {
  if (choice === undefined || typeof choice === 'string') return []
  return 'name' in choice ? [choice.name] : choice.allowed
}

/** Begins as every format's names may: Gemini's with a letter or `_`. */
function fitName(name: string, taken: ReadonlySet<string>): string {
  const plain = name.replace(/[^a-zA-Z0-9_-]+/g, '_')
  const readable = (/^[a-zA-Z_]/.test(plain) ? plain : `_${plain}`).slice(0, MAX_NAME - 1 - HASH_LENGTH)
  for (let attempt = 0; ; attempt += 1) {
    const written = `${readable}_${shortHash(attempt === 0 ? name : `${name} ${attempt}`, HASH_LENGTH)}`
    if (!taken.has(written)) return written
  }
}

function renamed(request: ChatRequest, rename: (name: string) => string): ChatRequest {
  const { toolChoice } = request
  const renameTool = (tool: Tool): Tool => (tool.native === undefined ? { ...tool, name: rename(tool.name) } : tool)
  const renamePart = (part: ContentPart): ContentPart => {
    if (part.type === 'tool-call') return { ...part, name: rename(part.name) }
    return part.type === 'tool-result' && part.name !== undefined ? { ...part, name: rename(part.name) } : part
  }
  return {
    ...request,
    tools: request.tools.map(renameTool),
    toolChoice: toolChoice === undefined ? undefined : renamedChoice(toolChoice, rename),
    messages: request.messages.map((message) => ({ ...message, content: message.content.map(renamePart) })),
  }
}

function renamedChoice(choice: ToolChoice, rename: (name: string) => string): ToolChoice {
  if (typeof choice === 'string') return choice
  return 'name' in choice ? { name: rename(choice.name) } : { ...choice, allowed: choice.allowed.map(rename) }
}
