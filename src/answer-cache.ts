import { AlikeAnswers } from './alike-answers.ts'
import type { AskedCache } from './cache/asked-cache.ts'
import { askedCache } from './cache/asked-cache.ts'
import type { Entry } from './cache/entry.ts'
import { decodeEntry, encodeEntry } from './cache/entry.ts'
import { questionOf } from './cache/question.ts'
import { isWholeAnswer } from './cache/read-entry.ts'
import type { Asking, RequestDigests } from './cache/request-key.ts'
import { isCacheable, keyText, requestDigests } from './cache/request-key.ts'
import { joinedBytes } from './core/joined-bytes.ts'
import type { Blobs, Ports } from './core/ports.ts'
import type { ChatRequest } from './core/request.ts'
import type { CacheSettings, Snapshot } from './core/snapshot.ts'
import type { FinishReason } from './core/stream-part.ts'
import type { Target } from './core/target.ts'
import type { Loss } from './core/wire-format.ts'
import { promptTokensOf, usageOf } from './count-usage.ts'
import type { Routed } from './decide.ts'
import type { DispatchResult } from './dispatch/dispatch.ts'
import type { Observed } from './dispatch/observed.ts'
import type { ChatCall, Context } from './pipeline.ts'
import { TapedExchange } from './taped-exchange.ts'
import { translationOf } from './translation-of.ts'

// Looked up after the decision, under the model that it chose: what is forbidden to a call is so to its cache, and a hit is
// what that model would say.

/** An answer of before. */
export type FoundAnswer = { readonly entry: Entry; readonly kind: CacheKind; readonly ageMs: number }
export type CacheKind = 'exact' | 'semantic'

/** Headers of clients that their own format's providers get. */
const SENT_ON = ['anthropic-beta']
const PREFIX = 'thalamus:cache:'
const decoder = new TextDecoder()
const encoder = new TextEncoder()

/** The kept answers of all calls. */
export type AnswerCache = { readonly blobs: Blobs; readonly settings: CacheSettings }

/** Keeps the same answers from one snapshot to the next, as long as it is asked to keep them in the same way. */
export type AnswerKeeper = {
  cacheFor(snapshot: Snapshot): AnswerCache | undefined
  close(): Promise<void>
}

export function keepAnswers({ createBlobs }: Pick<Ports, 'createBlobs'>): AnswerKeeper {
  let blobs: Blobs | undefined
  let way = ''
  return {
    cacheFor({ cache: settings }) {
      if (settings === undefined) {
        void blobs?.close?.()
        blobs = undefined
        return undefined
      }
      const { maxBytes, isShared = false } = settings
      const asked = `${isShared} ${maxBytes}`
      if (blobs === undefined || asked !== way) {
        void blobs?.close?.()
        blobs = createBlobs({ maxBytes, isShared })
        way = asked
      }
      return { blobs, settings }
    },
    close: async () => blobs?.close?.(),
  }
}

/** What a call has to do with kept answers; `undefined` where that is nothing. */
export function openCached(
  call: ChatCall,
  chat: ChatRequest,
  routed: Routed,
  cache: AnswerCache,
  context: Context,
): CachedCall | undefined {
  if (call.shadowOf !== undefined || call.isOwn === true || routed.isExplained) return undefined
  const { exchange, principal, format } = call
  const asked = askedCache(cache.settings, {
    allowed: principal.cache,
    directive: routed.cache,
    cacheControl: exchange.header('cache-control'),
  })
  if (asked === undefined || !isCacheable(chat, format)) return undefined
  return new CachedCall({ call, chat, routed, cache, context, asked })
}

type Input = {
  readonly call: ChatCall
  readonly chat: ChatRequest
  readonly routed: Routed
  readonly cache: AnswerCache
  readonly context: Context
  readonly asked: AskedCache
}

/** A class, as everything that lives as long as a call: docs/decisions/2026-11-23-classes-per-call.md. */
export class CachedCall {
  /** What the answer is sent through, to be kept. */
  readonly exchange: TapedExchange
  /** What the answer's header says of a call that is not answered from here. */
  readonly outcome: 'miss' | 'refresh'
  private readonly input: Omit<Input, 'chat'>
  private readonly request: RequestDigests
  private readonly hasUsage: boolean
  private readonly alike: AlikeAnswers | undefined
  // The store did not answer in time once: it is not waited for again.
  private isLate = false
  private readonly needsKeptAnswer: boolean

  constructor({ chat, ...input }: Input) {
    const { call, cache, asked, context } = input
    this.input = input
    this.exchange = new TapedExchange(call.exchange, cache.settings.maxEntryBytes)
    this.outcome = asked.reads ? 'miss' : 'refresh'
    this.request = requestDigests(chat, call.format, call.body.read().text, context.ports.digest)
    this.needsKeptAnswer = chat.native.format === 'openai-responses' && chat.native.body['store'] !== false
    this.hasUsage = chat.includeUsage
    const { semantic } = cache.settings
    const question = asked.isSemantic ? questionOf(chat, call.format) : undefined
    const [target] = input.routed.targets
    if (semantic === undefined || question === undefined || target === undefined) return
    const keyOf = (about: string): string => this.keyOf('semantic', target, call.format.id, about)
    const read = (key: string) => this.read(key)
    this.alike = new AlikeAnswers({ question, settings: semantic, blobs: cache.blobs, read, context, keyOf })
  }

  /** An answer of before for the model that is asked first. */
  async find(): Promise<FoundAnswer | undefined> {
    const { routed, asked, context } = this.input
    const [target] = routed.targets
    if (!asked.reads || target === undefined) return undefined
    const entry = await this.findExact(target)
    context.telemetry.cacheAsked('exact', entry === undefined ? 'miss' : 'hit')
    return entry === undefined ? this.findAlike() : { entry, kind: 'exact', ageMs: this.ageOf(entry) }
  }

  private async findAlike(): Promise<FoundAnswer | undefined> {
    const { cache, context } = this.input
    const { semantic } = cache.settings
    if (this.alike === undefined || semantic === undefined) return undefined
    const key = await this.alike.find()
    const entry = key === undefined ? undefined : await this.get(key)
    const ageMs = entry === undefined ? 0 : this.ageOf(entry)
    const isFound = entry !== undefined && ageMs <= semantic.ttlMs
    context.telemetry.cacheAsked('semantic', isFound ? 'hit' : 'miss')
    return isFound ? { entry, kind: 'semantic', ageMs } : undefined
  }

  /** Keeps the answer that was given, if it is one to be given again. `losses`: what the target could not be told. */
  keep(result: DispatchResult, losses: readonly Loss[]): void {
    const { call, context, cache } = this.input
    const { target, observed, outcome } = result
    // Two models have said it.
    if (result.attempts.some((attempt) => attempt.outcome === 'continued')) return
    const ending = observed?.ending()
    const isGood = outcome === 'complete' && isWhole(ending?.finishReason) && !hasBadCalls(observed)
    if (!isGood || target === undefined || observed === undefined || ending === undefined || call.exchange.isAborted())
      return
    const body = joined(this.exchange.sink.take())
    if (this.exchange.sink.isCut || body.length > cache.settings.maxEntryBytes) {
      context.telemetry.cacheAsked('exact', 'too_large')
      return
    }
    const { format, framing } = call
    const entry: Entry = {
      format: format.id,
      sentAs: call.body.stream ? framing : 'whole',
      hasUsage: this.hasUsage,
      storedAt: context.ports.clock.now(),
      target: target.id,
      id: call.id,
      // Who asks for usage is told, though this client was not.
      usage: usageOf(observed, false, () => promptTokensOf(call.body)).usage,
      finishReason: ending.finishReason ?? 'stop',
      responseId: ending.responseId,
      losses,
      body,
    }
    context.ports.background.run(() => this.store(entry, target))
  }

  private async store(entry: Entry, target: Target): Promise<void> {
    const { cache, context, call, routed } = this.input
    if (!isWholeAnswer(entry, call.format)) return
    const { blobs, settings } = cache
    const key = this.exactKey(target)
    if (!(await blobs.set(key, encodeEntry(entry), settings.ttlMs))) return
    const shared = this.sharedKey(target)
    if (shared !== undefined) await blobs.set(shared, encoder.encode(key), settings.ttlMs)
    // A fallback's answer is none of the model that is asked first.
    if (target.id === routed.targets[0]?.id) await this.alike?.keep(key, settings.ttlMs)
    context.telemetry.cacheAsked('exact', 'stored')
  }

  private async findExact(target: Target): Promise<Entry | undefined> {
    const same = await this.get(this.exactKey(target))
    const shared = same === undefined ? this.sharedKey(target) : undefined
    if (shared === undefined) return same
    const key = await this.read(shared)
    const entry = key === undefined ? undefined : await this.get(decoder.decode(key))
    return entry?.responseId === undefined && this.isKeptAt(target) ? undefined : entry
  }

  /** Its client may go on from the answer by its id, under which this target would keep it. */
  private isKeptAt(target: Target): boolean {
    if (!this.needsKeptAnswer) return false
    const { call, routed, context } = this.input
    return translationOf(target, call.format, routed, call.principal.name, context).spoken === call.format
  }

  private async get(key: string): Promise<Entry | undefined> {
    const { cache, asked } = this.input
    const bytes = await this.read(key)
    const entry = bytes === undefined ? undefined : decodeEntry(bytes)
    const mostMs = Math.min(cache.settings.ttlMs, asked.maxAgeMs)
    return entry === undefined || this.ageOf(entry) > mostMs ? undefined : entry
  }

  private async read(key: string): Promise<Uint8Array | undefined> {
    if (this.isLate) return undefined
    try {
      return await this.input.cache.blobs.get(key)
    } catch {
      this.isLate = true
      return undefined
    }
  }

  private exactKey(target: Target): string {
    return this.keyOf('exact', target, this.input.call.format.id, this.request.exact)
  }

  private sharedKey(target: Target): string | undefined {
    const { shared } = this.request
    return shared === undefined ? undefined : this.keyOf('shared', target, '', shared)
  }

  private keyOf(kind: 'exact' | 'shared' | 'semantic', target: Target, format: string, request: string): string {
    const { call, routed, context } = this.input
    const asking: Asking = {
      tenant: call.principal.name,
      target: fingerprint(target, context),
      isChosen: routed.isChosen,
      headers: SENT_ON.map((name) => call.exchange.header(name)),
    }
    return PREFIX + context.ports.digest(keyText(kind, asking, format, request))
  }

  private ageOf({ storedAt }: Entry): number {
    // Clocks of two gateways differ.
    return Math.max(0, this.input.context.ports.clock.now() - storedAt)
  }
}

/** Cut, filtered and failed answers are not given again: the next may be better. */
function isWhole(finish: FinishReason | undefined): boolean {
  return finish === 'stop' || finish === 'tool-calls'
}

function hasBadCalls(observed: Observed | undefined): boolean {
  return observed?.callOutcomes?.some((outcome) => outcome === 'broken' || outcome === 'cut') === true
}

/** Everything about a target that an answer depends on: where it is, and how it is asked. */
function fingerprint(target: Target, { snapshot, textTools }: Context): string {
  const configured = snapshot.providers.get(target.provider)
  const { id, model, format, baseUrl, refine, facts } = target
  const tools = target.textTools === undefined ? undefined : textTools(id)
  const provider = configured && [configured.provider.id, configured.format, configured.baseUrl, configured.headers]
  return JSON.stringify([id, model, format, baseUrl, refine, facts, tools, target.textTools, provider])
}

function joined(chunks: readonly (Uint8Array | string)[]): Uint8Array {
  const pieces = chunks.map((chunk) => (typeof chunk === 'string' ? encoder.encode(chunk) : chunk))
  return joinedBytes(pieces)
}
