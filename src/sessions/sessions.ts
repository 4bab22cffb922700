import { ownWords } from '../classify/routing-text.ts'
import type { Directives } from '../core/directives.ts'
import type { ChatRequest } from '../core/request.ts'
import type { Signals } from '../core/router.ts'
import type { DecisionSession, Previous, SessionLock, SessionSettings, Staying } from '../core/session.ts'
import { SESSION_OFF } from '../core/session.ts'
import type { Usage } from '../core/stream-part.ts'
import { hasSignatures, isBound } from './bound-state.ts'
import { isFollowUp } from './follow-up.ts'
import { likeness } from './likeness.ts'
import type { KeyedCall, SessionKeys } from './session-keys.ts'
import { answerKey, sessionKeys } from './session-keys.ts'
import type { SessionState, SessionStore } from './session-state.ts'
import { isLater } from './session-state.ts'

export type SessionCall = KeyedCall & {
  readonly id: string
  readonly signals: Signals
  readonly directives: Directives
  /** The pool that was asked for. */
  readonly pool: string | undefined
  readonly settings: SessionSettings
}

/** Who answered, and what it said of its caches. */
export type Answered = {
  readonly targetId: string
  /** Where it was only tried: who would have answered otherwise. */
  readonly insteadOf?: string | undefined
  readonly usage: Usage | undefined
  /** The provider's id of the answer, where it keeps it. */
  readonly responseId: string | undefined
  readonly shares: ArrayLike<number> | undefined
}

/** The conversation of one call. */
export type Session = {
  /** The same for all calls of the conversation, and for no other's: what a pool's shares are drawn by. */
  readonly lot: string
  readonly previous: Previous | undefined
  /** What the decision says of it. `model`: the winner. */
  describe(staying: Staying | undefined, model: string): DecisionSession
  /** The next turn's previous model is the one that answered. */
  answered(answer: Answered): void
}

export type Sessions = {
  /** `undefined` where the caller or the operator wants none. */
  open(call: SessionCall): Promise<Session | undefined>
}

type Ports = {
  readonly store: SessionStore
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly digest: (text: string) => string
}

/** What a model must be better by to have a conversation's signed thoughts thrown away, beside the usual margin. */
const SIGNATURE_POINTS = 1
// Providers keep no shorter prompts: https://platform.openai.com/docs/guides/prompt-caching.
const LEAST_CACHED = 1_024
const SHOWN_KEY = 12

/** Conversations and the models that answer them (docs/sessions.md). */
export function createSessions({ store, now, digest }: Ports): Sessions {
  return {
    async open(call) {
      const { signals, settings, chat } = call
      if (!settings.isEnabled || call.session === SESSION_OFF) return undefined
      const begunAt = now()
      const keys = sessionKeys(call, digest)
      const asked = askedOf(call, digest)
      const state = await stateOf(keys, isBound(chat.native.body), signals, store)
      const lot = call.session ?? state?.lot ?? call.id
      const isIdle = state !== undefined && begunAt - state.answeredAt > settings.idleMs
      const isChanged = state !== undefined && state.asked !== asked
      const isWarm = !isIdle && !isChanged
      let hasDrifted = false
      const lock = state === undefined ? undefined : lockOf(chat, signals, isChanged)
      // What is under way ends with the model that was tried; the conversation is not that model's.
      const mustEnd = lock === 'tool loop' || lock === 'bound state'
      const insteadOf = mustEnd ? undefined : state?.insteadOf
      const previous: Previous | undefined =
        state === undefined
          ? undefined
          : {
              targetId: insteadOf ?? state.targetId,
              lock,
              cachedTokens: isIdle || insteadOf !== undefined ? 0 : state.cachedTokens,
              marginPoints(shares) {
                hasDrifted = likeness(state.shares, shares) < settings.drift
                const margin = isWarm && !hasDrifted ? settings.switchMargin : 0
                return insteadOf === undefined && hasSignatures(chat.messages) ? margin + SIGNATURE_POINTS : margin
              },
            }
      return {
        lot,
        previous,
        describe: (staying, model) => ({
          key: keys.thread.slice(0, SHOWN_KEY),
          named_by: keys.namedBy,
          calls: state?.calls ?? 0,
          ...(previous === undefined ? {} : { previous: previous.targetId }),
          ...verdictOn({ previous, staying, model, isIdle, isChanged, hasDrifted }),
          ...(staying?.switchCostUsd === undefined ? {} : { switch_cost_usd: staying.switchCostUsd }),
          ...(staying?.passes === true ? { margin_points: staying.marginPoints } : {}),
        }),
        answered({ targetId, insteadOf: tried, usage, responseId, shares }) {
          const otherwise = tried ?? (mustEnd && targetId === state?.targetId ? state.insteadOf : undefined)
          const next: SessionState = {
            targetId,
            ...(otherwise === undefined ? {} : { insteadOf: otherwise }),
            begunAt,
            id: call.id,
            answeredAt: now(),
            cachedTokens: cachedBy(usage, signals.promptTokens),
            calls: (state?.calls ?? 0) + 1,
            lot: call.session === undefined ? lot : keys.thread,
            asked,
            shares,
          }
          const written = responseId === undefined ? [] : [answerKey(call.tenant, responseId, digest)]
          for (const key of [keys.thread, keys.named, ...written]) void put(key, next, store)
        },
      }
    },
  }
}

async function put(key: string | undefined, next: SessionState, store: SessionStore): Promise<void> {
  if (key === undefined) return
  const found = store.get(key)
  const before = found instanceof Promise ? await found : found
  if (isLater(next, before)) store.set(key, next)
}

/** A first turn has nothing before it, whoever else began in the same words; unless its history is kept elsewhere. */
async function stateOf(
  keys: SessionKeys,
  isBoundCall: boolean,
  signals: Signals,
  store: SessionStore,
): Promise<SessionState | undefined> {
  const answered = keys.answer === undefined ? undefined : await store.get(keys.answer)
  if (answered !== undefined) return answered
  if (signals.phase === 'first-turn' && keys.namedBy !== 'routing' && !isBoundCall) return undefined
  const thread = await store.get(keys.thread)
  if (thread !== undefined || keys.named === undefined) return thread
  return await store.get(keys.named)
}

function lockOf(chat: ChatRequest, signals: Signals, isChanged: boolean): SessionLock | undefined {
  if (isBound(chat.native.body)) return 'bound state'
  if (signals.phase === 'tool-loop') return 'tool loop'
  const last = chat.messages.findLast(({ role }) => role === 'user')
  if (isChanged || last === undefined || last.content.some(({ type }) => type !== 'text')) return undefined
  return isFollowUp(ownWords(last)) ? 'follow-up' : undefined
}

type Verdict = {
  readonly previous: Previous | undefined
  readonly staying: Staying | undefined
  readonly model: string
  readonly isIdle: boolean
  readonly isChanged: boolean
  readonly hasDrifted: boolean
}

function verdictOn(verdict: Verdict): Pick<DecisionSession, 'kept_because' | 'redecided_because'> {
  const { previous, staying, model, isIdle, isChanged, hasDrifted } = verdict
  if (previous === undefined || staying === undefined) return { redecided_because: 'new session' }
  if (!staying.isCandidate) return { redecided_because: 'not a candidate' }
  if (!staying.passes) return { redecided_because: 'hard limits' }
  if (previous.lock !== undefined) return { kept_because: previous.lock }
  if (isChanged) return { redecided_because: 'changed directives' }
  if (isIdle) return { redecided_because: 'idle' }
  if (hasDrifted) return { redecided_because: 'drift' }
  if (model !== previous.targetId) return { redecided_because: 'user turn' }
  return { kept_because: staying.isDecisive ? 'price of switching' : 'same choice' }
}

function askedOf({ directives, pool }: SessionCall, digest: (text: string) => string): string {
  const { explain: _, session: __, ...rest } = directives
  return digest(JSON.stringify([pool ?? '', rest]))
}

/** A provider that counts what it writes to its cache, and wrote and read nothing, keeps nothing. */
function cachedBy(usage: Usage | undefined, promptTokens: number): number {
  const keepsNothing = usage?.cacheWriteTokens === 0 && (usage.cachedInputTokens ?? 0) === 0
  return keepsNothing || promptTokens < LEAST_CACHED ? 0 : promptTokens
}
