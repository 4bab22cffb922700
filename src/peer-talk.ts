import type { ErrorCode } from './core/errors.ts'
import { isErrorCode } from './core/errors.ts'
import type { PeerListener, Peers } from './core/peers.ts'
import type { Target } from './core/target.ts'
import type { TaughtWord } from './learn/taught-word.ts'
import { readTaughtWord, writeTaughtWord } from './learn/taught-word.ts'
import type { Context } from './pipeline.ts'
import { rate } from './server/feedback.ts'
import { ownDecision } from './server/find-decision.ts'

/** What this gateway tells those that share its store. */
export type PeerTalk = {
  /** Where one gateway found a target down, the others need not fail first. */
  rested(target: Target | undefined, isResting: boolean, cause: ErrorCode | undefined, restMs: number): void
  /** A person's word teaches all of them. */
  taught(word: TaughtWord): void
}

export const ALONE: PeerTalk = { rested: () => {}, taught: () => {} }

// How the account stands is a matter of the key in use, and keys may differ between gateways.
const OWN_AFFAIRS: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['upstream_quota_exhausted', 'upstream_auth_failed'])
const MOST_REST_MS = 5 * 60_000

export function talkTo(peers: Peers): PeerTalk {
  return {
    rested(target, isResting, cause, restMs) {
      if (target === undefined || (cause !== undefined && OWN_AFFAIRS.has(cause))) return
      const what = { target: target.id, base_url: target.baseUrl }
      peers.tell(isResting ? { type: 'resting', ...what, cause, rest_ms: Math.round(restMs) } : { type: 'up', ...what })
    },
    taught: (word) => peers.tell({ type: 'taught', ...writeTaughtWord(word) }),
  }
}

/** What this gateway does with the words of others. What it does not understand, as from another version, it leaves. */
export function hearPeers(current: () => Context): PeerListener {
  return {
    heard(news) {
      const context = current()
      if (news['type'] === 'taught') {
        const word = readTaughtWord(news)
        if (word !== undefined && context.snapshot.targets.has(word.model)) context.learning.taught(word)
        return
      }
      const target = typeof news['target'] === 'string' ? context.snapshot.targets.get(news['target']) : undefined
      // Another gateway may mean another upstream by the same name.
      if (target === undefined || target.baseUrl !== news['base_url']) return
      if (news['type'] === 'up') context.breakers.heardUp(target.id)
      const { cause, rest_ms: restMs } = news
      if (news['type'] !== 'resting' || typeof restMs !== 'number' || !isErrorCode(cause) || !(restMs > 0)) return
      context.breakers.heardResting(target.id, cause, Math.min(restMs, MOST_REST_MS))
    },
    async asked(question) {
      const context = current()
      const { id, key, reward } = question
      if (typeof id !== 'string' || typeof key !== 'string') return undefined
      if (question['type'] === 'decision') {
        const decision = await ownDecision(id, key, context)
        return decision === undefined ? undefined : JSON.parse(JSON.stringify(decision))
      }
      if (question['type'] === 'feedback' && typeof reward === 'number' && reward >= 0 && reward <= 1)
        return rate({ id, reward }, key, context)
      return undefined
    },
  }
}
