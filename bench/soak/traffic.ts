import type { Dispatcher } from 'undici'
import { Pool } from 'undici'
import type { ClientFormat } from '../../test/faults/client-formats.ts'
import { CLIENT_FORMATS, sseEvents } from '../../test/faults/client-formats.ts'
import type { Verdict } from '../../test/faults/fault-list.ts'

/** One call of the mix: what is asked, whether the client leaves, and what it may see. */
type Call = {
  readonly client: ClientFormat
  readonly model: string
  readonly stream: boolean
  readonly leavesAfterMs: number | undefined
  readonly expected: Verdict | 'left'
  /** Every word of the answer is compared, not only its end: the load must cost less than what it loads. */
  readonly isRead: boolean
}

export type Ended = { readonly call: Call; readonly outcome: 'as expected' | string; readonly elapsedMs: number }

export const FORMATS = ['openai-chat', 'anthropic-messages', 'gemini-generate'] as const
/** What the first target of a faulty call does, and what its client sees where it streams; whole, always the second. */
export const FAULTY = [
  ['500', 'second'],
  ['429;retry-after=0', 'second'],
  ['reset', 'second'],
  ['empty-200', 'second'],
  ['malformed@0', 'second'],
  ['error-in-200', 'second'],
  ['cut@0', 'second'],
  ['cut@10;tokens=20;itl=1', 'cut'],
] as const satisfies readonly (readonly [string, Verdict])[]
/** Names of the targets: of ordinary calls, and of those whose client leaves. */
export const ORDINARY = FORMATS.map((format) => `sim-${format}/${format}/ok;tokens=20`)
export const LEFT = FORMATS.map((format) => `sim-${format}/${format}/tokens=400;itl=2`)

const FAULT_SHARE = 0.05
const ABORT_SHARE = 0.05
const READ_SHARE = 1 / 16
const ENDS = ['[DONE]', '"response.completed"', '"message_stop"', '"finishReason"']

/** The next call of the mix, by a source of numbers in [0, 1); a routed one, where only those are wanted. */
function nextCall(random: () => number, isRouted: boolean): Call {
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item
  const client = pick(CLIENT_FORMATS)
  const stream = random() < 0.6
  const lot = isRouted ? 0 : random()
  if (lot < FAULT_SHARE) {
    const index = Math.floor(random() * FAULTY.length)
    const expected = stream ? (FAULTY[index]?.[1] ?? 'second') : 'second'
    return { client, model: `auto/fault${index}`, stream, leavesAfterMs: undefined, expected, isRead: true }
  }
  if (lot < FAULT_SHARE + ABORT_SHARE)
    return {
      client,
      model: pick(LEFT),
      stream,
      leavesAfterMs: 1 + Math.floor(random() * 300),
      expected: 'left',
      isRead: false,
    }
  return {
    client,
    model: pick(ORDINARY),
    stream,
    leavesAfterMs: undefined,
    expected: 'first',
    isRead: random() < READ_SHARE,
  }
}

/** Sends calls to a gateway. `text`: what an ordinary answer says. */
export function createTraffic(url: string, random: () => number, text: string) {
  const pool = new Pool(url, { connections: 512, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 })
  return {
    close: () => pool.close(),
    async send(isRouted = false): Promise<Ended> {
      const call = nextCall(random, isRouted)
      const startedAt = performance.now()
      const outcome = await run(pool, call, text).catch((thrown: unknown) => `thrown ${String(thrown)}`)
      return { call, outcome, elapsedMs: performance.now() - startedAt }
    },
  }
}

async function run(pool: Pool, call: Call, text: string): Promise<string> {
  const { client, model, stream, leavesAfterMs, expected } = call
  const signal = leavesAfterMs === undefined ? undefined : AbortSignal.timeout(leavesAfterMs)
  const options: Dispatcher.RequestOptions = {
    path: client.path(model, stream),
    method: 'POST',
    headers: { 'content-type': 'application/json', 'anthropic-version': '2023-06-01' },
    body: JSON.stringify(client.body(model, stream)),
    ...(signal === undefined ? {} : { signal }),
  }
  try {
    const { statusCode, headers, body } = await pool.request(options)
    const answer = await body.text()
    if (!call.isRead && statusCode === 200)
      return expected === 'left' || isEnded(answer, stream) ? 'as expected' : 'silently cut'
    const isStream = String(headers['content-type'] ?? '').includes('event-stream')
    const seen = isStream ? client.readStream(sseEvents(answer)) : client.readWhole(JSON.parse(answer))
    if (statusCode !== 200) return `status ${statusCode}: ${answer.slice(0, 200)}`
    // A target that keeps breaking off is left alone for a while, and the second answers.
    if (expected === 'cut' && seen.errors.length === 1 && !seen.isEnded) return 'as expected'
    if (seen.errors.length > 0) return `error ${seen.errors.join()}`
    if (!seen.isEnded) return 'silently cut'
    return seen.text === text ? 'as expected' : 'another text'
  } catch (thrown) {
    if (signal?.aborted === true) return 'as expected'
    throw thrown
  }
}

function isEnded(answer: string, stream: boolean): boolean {
  return stream ? ENDS.some((end) => answer.includes(end)) : answer.endsWith('}')
}
