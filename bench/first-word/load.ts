// Streams at random moments, whatever has been answered. Prints what they saw (`Sampled`) as JSON.
// node bench/first-word/load.ts URL MODEL PER_SECOND SECONDS PIECES SEED
import { setTimeout as sleep } from 'node:timers/promises'
import { Pool } from 'undici'
import { generator } from '../../src/eval/generator.ts'
import { createStampReader, microseconds } from './stamps.ts'

/** In microseconds, of every stream or piece; what the upstream itself waited before its first word is left out. */
export type Sampled = {
  /** From asking to the answer's head, and to the first word. */
  readonly firstByte: number[]
  readonly firstWord: number[]
  /** From the upstream's hand to the client's, of each word after the first. */
  readonly laterWords: number[]
}

// The first streams open connections and warm the code up.
const WARM_UP_SECONDS = 2
const WORDS = 'what how why does a the cat data model river plan of cost with write fix proof table light'.split(' ')

const [url = '', model = '', ...figures] = process.argv.slice(2)
const [perSecond = 50, seconds = 8, pieces = 64, seed = 1] = figures.map(Number)
const { origin, pathname } = new URL(url)
const pool = new Pool(origin, { connections: 256, pipelining: 1 })
const random = generator(seed)
const sampled: Sampled = { firstByte: [], firstWord: [], laterWords: [] }

const startedAt = performance.now()
const under: Promise<void>[] = []
for (let next = 0; next < (WARM_UP_SECONDS + seconds) * 1_000; ) {
  next += (-Math.log(1 - random()) / perSecond) * 1_000
  const wait = startedAt + next - performance.now()
  if (wait > 0.5) await sleep(wait)
  under.push(stream(next > WARM_UP_SECONDS * 1_000))
}
await Promise.all(under)
process.stdout.write(JSON.stringify(sampled))
await pool.destroy()

/** Rejects for an answer that is not the whole of what the upstream sends. */
function stream(isCounted: boolean): Promise<void> {
  const body = JSON.stringify({ model, stream: true, max_tokens: 1_000, messages: question() })
  const read = createStampReader()
  const words: number[] = []
  let firstByte = Number.NaN
  let firstWord = Number.NaN
  let firstByteAt = 0
  return new Promise((resolve, reject) => {
    const sentAt = microseconds()
    const headers = { 'content-type': 'application/json' }
    pool.dispatch(
      { path: pathname, method: 'POST', headers, body },
      {
        onRequestStart() {},
        onResponseStart(controller, status) {
          firstByteAt = microseconds()
          if (status !== 200) controller.abort(new Error(`${url} answered ${status}.`))
        },
        onResponseData(_controller, bytes) {
          const now = microseconds()
          for (const stamp of read(bytes)) {
            if (Number.isNaN(firstWord)) {
              const waited = stamp.sentAt - stamp.askedAt
              firstByte = firstByteAt - sentAt - waited
              firstWord = now - sentAt - waited
            } else words.push(now - stamp.sentAt)
          }
        },
        onResponseEnd() {
          if (words.length !== pieces - 1) return reject(new Error(`${words.length + 1} words of ${pieces} came.`))
          if (isCounted) {
            sampled.firstByte.push(firstByte)
            sampled.firstWord.push(firstWord)
            sampled.laterWords.push(...words)
          }
          resolve()
        },
        onResponseError: (_controller, error) => reject(error),
      },
    )
  })
}

/** Never the same twice: a router keeps its verdicts. */
function question(): readonly object[] {
  const words = Array.from({ length: 60 }, () => WORDS[Math.floor(random() * WORDS.length)])
  return [{ role: 'user', content: words.join(' ') }]
}
