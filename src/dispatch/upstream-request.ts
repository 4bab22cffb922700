import { GatewayError } from '../core/errors.ts'
import type { JsonObject } from '../core/json.ts'
import { isJsonObject } from '../core/json.ts'
import { editMemberBytes, writeChanged } from '../core/json-edit.ts'
import type { HttpRequest } from '../core/ports.ts'
import type { Operation, Provider, ProviderCall } from '../core/provider.ts'
import type { ChatBody, ChatRequest } from '../core/request.ts'
import type { ConfiguredProvider } from '../core/snapshot.ts'
import type { Target } from '../core/target.ts'
import type { Loss, WireFormat, WrittenRequest } from '../core/wire-format.ts'
import { withoutSignatures } from '../core/without-signatures.ts'
import type { Emulated } from '../tool-calls/emulation/emulate.ts'
import { isParallelWrapper } from './parallel-calls.ts'
import { emulated, textCallsOf, withChanged } from './text-tools.ts'
import type { ChangedTools } from './tools-as-asked.ts'

export type Translation = {
  readonly target: Target
  readonly configured: ConfiguredProvider | undefined
  /** The client's format, and the one in which the target is asked. */
  readonly client: WireFormat
  readonly spoken: WireFormat
  /** The gateway chose the model: a body of the client's own format has to be made to fit it. */
  readonly isChosen: boolean
  /** The most tokens that the answer may have, whatever the client says: what its key's budget pays. */
  readonly maxOutputTokens?: number | undefined
  /** What it takes has to be known to the token: its key has limits, or a ledger is kept. */
  readonly isCounted?: boolean
  /** A conversation with what its client lost of the target's reasoning state. */
  readonly recall?: ((chat: ChatRequest) => ChatRequest) | undefined
}

export type Asking = Pick<ProviderCall, 'ask' | 'now' | 'clientHeader' | 'hop'> & {
  /** False after the target has refused the reasoning state of earlier turns. */
  readonly keepsSignatures?: boolean
}

/** A request as its target must get it, and what of the client's it cannot carry. */
export type UpstreamRequest = {
  readonly request: HttpRequest | Promise<HttpRequest>
  readonly losses: readonly Loss[]
  /** What of the client's tools went out under another name or as another kind. */
  readonly changedTools?: ChangedTools | undefined
  /** The target answers in the client's format, and not as its clients take it. */
  readonly isAnsweredAnew?: boolean
  /** Its stream counts tokens for the gateway alone. */
  readonly hidesUsage?: boolean
}

/**
 * The client's request as its target must get it. Same format: the bytes as sent, with `model` set. Another: written anew. A provider that names fields differently gets those that differ written anew.
 */
export function upstreamRequest(chatBody: ChatBody, translation: Translation, asking: Asking): UpstreamRequest {
  const { target, spoken, client } = translation
  const configured = configuredOf(translation)
  const { provider, secret, headers } = configured
  const { chat, text } = chatBody.read()
  const { ask, now, hop, keepsSignatures = true } = asking
  const expected = expectedCalls(chat, target)
  const hasParallelTool = chat.tools.some(({ name }) => isParallelWrapper(name))
  const operation = operationOf(spoken)
  const call = { target, operation, format: spoken.id, stream: chatBody.stream, secret, headers, hop, ask, now }
  if (spoken !== client) {
    const refusal = client.untranslatable?.(chat.native.body)
    if (refusal !== undefined) throw refusal
    const { body, losses, told, ...changed } = written(chat, translation, keepsSignatures)
    const textCalls = textCallsOf(chat, target, changed.toolNames, told)
    const changedTools = { ...changed, ...expected, hasParallelTool, textCalls }
    return { request: provider.authorize({ ...call, body: JSON.stringify(body) }), losses, changedTools }
  }
  const { body: sent } = chat.native
  const { body: adjusted, losses, told } = written(chat, translation, keepsSignatures)
  const body = adjusted === sent ? editedBytes(chatBody, sent, text, target) : rewritten(adjusted, sent, text, target)
  const { clientHeader } = asking
  const customTools = functionsOnTheWay(chat, adjusted)
  const textCalls = textCallsOf(chat, target, undefined, told)
  const isRead = textCalls !== undefined || (expected.refine ?? 0) > 0
  const isAnsweredAnew = isRead || rewritesAnswer(provider, chat, spoken, adjusted, customTools)
  return {
    request: provider.authorize({ ...call, body, clientHeader }),
    losses,
    changedTools: { ...expected, hasParallelTool, customTools, textCalls },
    isAnsweredAnew,
    hidesUsage: asksUsage(chat, translation),
  }
}

/** The tools that calls are judged by; none where none are expected. */
function expectedCalls(
  { tools, toolChoice }: ChatRequest,
  { refine = 0 }: Target,
): Pick<ChangedTools, 'tools' | 'refine'> {
  return expectsCalls({ tools, toolChoice }) ? { tools, refine } : {}
}

function expectsCalls({ tools, toolChoice }: Pick<ChatRequest, 'tools' | 'toolChoice'>): boolean {
  return tools.length > 0 && toolChoice !== 'none'
}

function rewritesAnswer(
  { rewritesAnswers, hasOrderlyCalls }: Provider,
  chat: ChatRequest,
  spoken: WireFormat,
  adjusted: JsonObject,
  customTools: ReadonlySet<string> | undefined,
): boolean {
  // Parts are of one answer.
  if (spoken.id !== 'openai-chat' || (chat.sampling.choices ?? 1) > 1) return false
  // Who declared functions of old wants to read calls of old, and tools are called.
  if (chat.legacyCalls === true && adjusted['functions'] === undefined) return true
  if (customTools !== undefined) return true
  // Whole ones are, where there are calls in them (json-answer.ts).
  if (chat.stream && expectsCalls(chat) && hasOrderlyCalls !== true) return true
  if (rewritesAnswers === undefined) return false
  return rewritesAnswers === 'always' || (chat.stream && !chat.includeUsage)
}

/** Free-text tools that a provider of the client's own format got as functions. */
function functionsOnTheWay(chat: ChatRequest, { tools }: JsonObject): ReadonlySet<string> | undefined {
  const names = chat.tools.flatMap(({ name, custom }) => (custom === undefined ? [] : [name]))
  if (names.length === 0) return undefined
  if (!Array.isArray(tools)) return chat.toolChoice === 'none' ? undefined : new Set(names)
  const isFree = tools.some((tool) => isJsonObject(tool) && tool['type'] === 'custom')
  return isFree ? undefined : new Set(names)
}

const CHAT = { type: 'chat' } as const
const COMPLETIONS = { type: 'completions' } as const

function operationOf(spoken: WireFormat): Operation {
  return spoken.id === 'openai-completions' ? COMPLETIONS : CHAT
}

/** What would be lost on this target. Nothing is, where the client's own format is spoken and nothing has to change. */
export function lossesOn(chat: ChatRequest, translation: Translation): readonly Loss[] {
  return written(chat, translation).losses
}

/** `told`: the tools are described in the prompt. */
type Written = WrittenRequest & { readonly told: Emulated | undefined }

/**
 * The client's request gone on with: the same target is asked `later` for a whole answer, in the same way. How calls are
 * found in the text of that answer depends on what is demanded `later`.
 */
export function laterRequest(
  chat: ChatRequest,
  later: ChatRequest,
  translation: Translation,
  asking: Asking,
): Pick<UpstreamRequest, 'request'> & Pick<ChangedTools, 'textCalls'> {
  const { target, spoken, client } = translation
  const { provider, secret, headers } = configuredOf(translation)
  const { ask, now, hop, clientHeader, keepsSignatures = true } = asking
  const { body, told, toolNames } = written(chat, translation, keepsSignatures, later)
  const model = body['model'] === undefined ? {} : { model: target.model }
  const call = {
    target,
    operation: operationOf(spoken),
    format: spoken.id,
    stream: false,
    secret,
    headers,
    hop,
    ask,
    now,
  }
  const sameClient = spoken === client ? { clientHeader } : {}
  return {
    request: provider.authorize({ ...call, ...sameClient, body: JSON.stringify({ ...body, ...model }) }),
    textCalls: textCallsOf(later, target, toolNames, told),
  }
}

/** The client's request with what another target said of its answer, for this one to go on with. */
export function continuedRequest(
  chat: ChatRequest,
  text: string,
  translation: Translation,
  asking: Asking,
): UpstreamRequest {
  const { target, spoken, client } = translation
  const { provider, secret, headers } = configuredOf(translation)
  const { ask, now, hop, clientHeader, keepsSignatures = true } = asking
  const said = { role: 'assistant' as const, name: undefined, content: [{ type: 'text' as const, text }] }
  const later: ChatRequest = { ...chat, messages: [...chat.messages, said] }
  const { body, losses, told, ...changed } = written(chat, translation, keepsSignatures, later)
  const model = body['model'] === undefined ? {} : { model: target.model }
  const call = {
    target,
    operation: operationOf(spoken),
    format: spoken.id,
    stream: true,
    secret,
    headers,
    ask,
    hop,
    now,
  }
  const sameClient = spoken === client ? { clientHeader } : {}
  const hasParallelTool = chat.tools.some(({ name }) => isParallelWrapper(name))
  const textCalls = textCallsOf(later, target, changed.toolNames, told)
  return {
    request: provider.authorize({ ...call, ...sameClient, body: JSON.stringify({ ...body, ...model }) }),
    losses,
    changedTools: { ...changed, ...expectedCalls(chat, target), hasParallelTool, textCalls },
    isAnsweredAnew: true,
  }
}

/**
 * The body that the target gets, without the gateway's own edits of one in the client's format. `later`: the request that
 * it is to be by now.
 */
export function written(
  chat: ChatRequest,
  translation: Translation,
  keepsSignatures = true,
  asked: ChatRequest = chat,
): Written {
  const afforded: Loss[] = []
  const later = affordable(asked, translation, afforded)
  const { losses, ...rest } = writtenAs(chat, translation, keepsSignatures, later)
  if (afforded.length === 0) return { losses, ...rest }
  return { ...rest, losses: [...inClientsPlaces(afforded, translation.client, chat.native.body), ...losses] }
}

function affordable(chat: ChatRequest, { maxOutputTokens: most }: Translation, losses: Loss[]): ChatRequest {
  const { maxOutputTokens: said } = chat.sampling
  if (most === undefined || (said !== undefined && said <= most)) return chat
  losses.push({ path: 'max_tokens', reason: `the key's budget pays for ${most} tokens; ${most} was sent` })
  return { ...chat, sampling: { ...chat.sampling, maxOutputTokens: most } }
}

function writtenAs(chat: ChatRequest, translation: Translation, keepsSignatures: boolean, later: ChatRequest): Written {
  if (translation.spoken !== translation.client) return translate(later, translation, keepsSignatures)
  const losses: Loss[] = []
  const told = emulated(later, translation)
  if (told !== undefined) losses.push(...told.losses)
  if (isReadAsOne(later, translation))
    losses.push({ path: 'n', reason: 'calls are read in one answer; one was asked for' })
  const body = adjust(
    fitted(asTold(chat, translation, told?.chat ?? later), translation, losses),
    translation,
    losses,
    keepsSignatures,
  )
  // Blocks are where the client has them; a parameter may have been said by its name of old.
  const isBlock = ({ path }: Loss): boolean => path.includes('[')
  const parameters = losses.filter((loss) => !isBlock(loss))
  return {
    body,
    told,
    losses: [...losses.filter(isBlock), ...inClientsPlaces(parameters, translation.client, chat.native.body)],
  }
}

/** The client's own body with what is to be said otherwise. */
function asTold(chat: ChatRequest, translation: Translation, later: ChatRequest): JsonObject {
  const { target, spoken, configured } = translation
  const { n: _, ...single } = chat.native.body
  const own = isReadAsOne(later, translation) ? single : chat.native.body
  const body = asksUsage(later, translation) ? withUsage(own) : own
  if (later === chat) return body
  const { maxOutputTokens: most } = later.sampling
  // Nothing is translated into a legacy completion.
  if (spoken.id === 'openai-completions') return most === undefined ? body : { ...body, max_tokens: most }
  const changed = withChanged(body, chat, later, spoken, { model: target.model, traits: configured?.provider.traits })
  if (most === undefined || most === chat.sampling.maxOutputTokens || spoken.id !== 'openai-chat') return changed
  return limitedOnce(body, changed, most)
}

/** Streams of Chat Completions count only for whoever asks them to. */
function asksUsage({ stream, includeUsage }: ChatRequest, { spoken, isCounted }: Translation): boolean {
  return isCounted === true && stream && !includeUsage && COUNTS_IF_ASKED.has(spoken.id)
}

const COUNTS_IF_ASKED: ReadonlySet<string> = new Set(['openai-chat', 'openai-completions'])

function withUsage(body: JsonObject): JsonObject {
  const { stream_options: options } = body
  return { ...body, stream_options: { ...(isJsonObject(options) ? options : {}), include_usage: true } }
}

/** Chat Completions has two names for the limit of an answer: the client's own is kept, and the other not said beside it. */
function limitedOnce(body: JsonObject, changed: JsonObject, most: number): JsonObject {
  if (body['max_tokens'] === undefined) return changed
  const { max_completion_tokens: _, ...rest } = changed
  const other = body['max_completion_tokens'] === undefined ? {} : { max_completion_tokens: most }
  return { ...rest, max_tokens: most, ...other }
}

/** Several answers were asked for, and calls that have to be read are found in one. */
function isReadAsOne(chat: ChatRequest, { target }: Translation): boolean {
  const { textTools, refine = 0 } = target
  return (chat.sampling.choices ?? 1) > 1 && expectsCalls(chat) && (textTools !== undefined || refine > 0)
}

function translate(asked: ChatRequest, translation: Translation, keepsSignatures: boolean): Written {
  const { target, client, spoken } = translation
  const { provider } = configuredOf(translation)
  const told = emulated(asked, translation)
  const chat = told?.chat ?? asked
  const before: Loss[] = [...(told?.losses ?? [])]
  const kept = keepsSignatures ? (translation.recall?.(chat) ?? chat) : withoutSignatures(chat, loseTo(before))
  const written = spoken.writeRequest(withinLimit(kept, translation, before), target.model, provider.traits)
  const adjusted: Loss[] = []
  const sent = adjust(written.body, translation, adjusted)
  const unread = client.unread(chat.native.body, spoken.id)
  const { requestPath = (path) => path } = written
  const asAdjusted = adjusted.map(({ path, reason }): Loss => ({ path: requestPath(path), reason }))
  const losses = [...before, ...written.losses, ...asAdjusted]
  const custom = told === undefined ? {} : { customTools: functionsOnTheWay(asked, {}) }
  return {
    ...written,
    ...custom,
    told,
    body: sent,
    losses: [...unread, ...inClientsPlaces(losses, client, chat.native.body)],
  }
}

/** Providers refuse a limit that is beyond the model's own, which whoever did not choose the model need not know. */
function withinLimit(chat: ChatRequest, { target, isChosen }: Translation, losses: Loss[]): ChatRequest {
  const { max_output_tokens: most } = target.facts
  const { maxOutputTokens: said } = chat.sampling
  if (!isChosen || most === undefined || said === undefined || said <= most) return chat
  losses.push({ path: 'max_tokens', reason: `the model writes at most ${most}; ${most} was sent` })
  return { ...chat, sampling: { ...chat.sampling, maxOutputTokens: most } }
}

/** Writers say losses by the names of a ChatRequest; the client knows its own body. */
export function inClientsPlaces(losses: readonly Loss[], client: WireFormat, body: JsonObject): readonly Loss[] {
  if (losses.length === 0 || client.clientPaths === undefined) return losses
  const pathOf = client.clientPaths(body)
  return losses.map(({ path, reason }) => ({ path: pathOf(path), reason }))
}

/** Whoever names a model himself gets what he sent to it; nobody writes for a model that he does not know. */
function fitted(body: JsonObject, { target, spoken, configured, isChosen }: Translation, losses: Loss[]): JsonObject {
  if (!isChosen || spoken.fitModel === undefined) return body
  const { model, facts } = target
  return spoken.fitModel(body, { model, facts, traits: configured?.provider.traits }, loseTo(losses))
}

/** Providers rename fields of chats; a legacy completion is nobody's to adjust. */
function adjust(
  body: JsonObject,
  { target, spoken, configured, isChosen }: Translation,
  losses: Loss[],
  keepsSignatures = true,
): JsonObject {
  const { adjustBody } = configured?.provider ?? {}
  const lose = loseTo(losses)
  const kept = keepsSignatures ? body : (spoken.withoutSignatures?.(body, lose) ?? body)
  const own = spoken.ownHistory?.(kept, lose) ?? kept
  if (adjustBody === undefined || spoken.id === 'openai-completions') return own
  return adjustBody(own, { target, format: spoken.id, isChosen, lose })
}

function loseTo(losses: Loss[]): (path: string, reason: string) => void {
  return (path, reason) => void losses.push({ path, reason })
}

function configuredOf({ configured, target }: Translation): ConfiguredProvider {
  if (configured !== undefined) return configured
  throw new GatewayError('internal_error', 'The model has no provider in the configuration.', {
    detail: { target: target.id, provider: target.provider },
  })
}

function rewritten(body: JsonObject, sent: JsonObject, text: string, target: Target): string {
  // Gemini's and Bedrock's bodies name no model: their paths do.
  const model = body['model'] === undefined ? {} : { model: target.model }
  return writeChanged(text, sent, { ...body, ...model })
}

function editedBytes(chatBody: ChatBody, body: JsonObject, text: string, target: Target): Uint8Array {
  // Gemini's clients name the model in the path.
  if (body['model'] === undefined || body['model'] === target.model) return chatBody.bytes
  chatBody.bytes = editMemberBytes(chatBody.bytes, text, { model: JSON.stringify(target.model) })
  return chatBody.bytes
}
