import { GatewayError } from '../core/errors.ts'
import type { JsonObject } from '../core/json.ts'
import type { Principal } from '../core/snapshot.ts'
import type { Context } from '../pipeline.ts'
import { NAMED } from '../route-headers.ts'

/** A person's word on an answer, as `POST /v1/feedback` takes it. */
export type Feedback = { readonly id: string; readonly reward: number }

/** What the caller is told. `unchanged`: the same was said before. */
export type FeedbackTaken = {
  readonly object: 'feedback'
  readonly id: string
  readonly source: 'user'
  readonly reward: number
  readonly status: 'counted' | 'replaced' | 'unchanged'
}

const MEMBERS = ['id', 'reward', 'source']

/** Throws a 400 that says what to send instead. */
export function readFeedback(body: JsonObject): Feedback {
  const stranger = Object.keys(body).find((name) => !MEMBERS.includes(name))
  if (stranger !== undefined) {
    throw invalid(stranger.slice(0, 60), `Feedback has no member "${stranger.slice(0, 60)}". Send ${EXAMPLE}.`)
  }
  const { id, reward, source = 'user' } = body
  if (typeof id !== 'string' || id === '') {
    throw invalid('id', `"id" must be the x-route-id of an answer. Send ${EXAMPLE}.`)
  }
  if (typeof reward !== 'number' || !(reward >= 0 && reward <= 1)) {
    throw invalid('reward', '"reward" must be a number from 0, no use, to 1, as good as could be.')
  }
  if (source !== 'user') {
    throw invalid('source', '"source" must be "user": what the gateway sees itself, it counts itself.')
  }
  return { id, reward }
}

const EXAMPLE = '{"id": "rt_…", "reward": 1}'

/**
 * Learns from it once, however often it is sent; where another gateway gave the answer, that one does. Throws
 * `decision_not_found` for an answer that is not the caller's or not kept, `invalid_request` for one that was rated too often.
 */
export async function takeFeedback(
  { id, reward }: Feedback,
  { name }: Principal,
  context: Context,
): Promise<FeedbackTaken> {
  const told = rate({ id, reward }, name, context) ?? (await ratedElsewhere({ id, reward }, name, context))
  if (told === undefined) {
    throw new GatewayError(
      'decision_not_found',
      'No answer of that id is kept for this key. Send the x-route-id of one of the last answers, once it has ended; a decision without an answer has no outcome.',
      { param: 'id' },
    )
  }
  if (told === 'too often') {
    throw invalid(
      'id',
      'The reward of this answer was changed as often as it may be, and stays as it is. Rate another answer.',
    )
  }
  return { object: 'feedback', id, source: 'user', reward, status: told === 'same' ? 'unchanged' : told }
}

type Rated = Exclude<ReturnType<Context['learning']['told']>, 'unknown'>

/** What a word on an answer of this gateway's did; `undefined` where it keeps none of that id for that key. */
export function rate({ id, reward }: Feedback, key: string, context: Context): Rated | undefined {
  const { learning, decisions, telemetry } = context
  // An answer that has just ended may not be written down yet.
  telemetry.flush()
  const kept = decisions.get(id)
  if (kept?.key === key && kept.decision.reason === NAMED) learning.await(id, key, kept.decision.model)
  const told = learning.told(id, key, reward)
  return told === 'unknown' ? undefined : told
}

const RATED: readonly string[] = ['too often', 'counted', 'replaced', 'same'] satisfies readonly Rated[]

async function ratedElsewhere({ id, reward }: Feedback, key: string, { ports }: Context): Promise<Rated | undefined> {
  const told = await ports.peers?.ask({ type: 'feedback', id, key, reward })
  return typeof told === 'string' && RATED.includes(told) ? (told as Rated) : undefined
}

function invalid(param: string, message: string): GatewayError {
  return new GatewayError('invalid_request', message, { param })
}
