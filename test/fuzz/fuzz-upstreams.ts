import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Pool } from 'undici'
import type { WireFormatId } from '../../src/core/request.ts'
import { providers } from '../../src/providers/index.ts'
import { CLIENT_FORMATS } from '../faults/client-formats.ts'
import { startGateway } from '../flow/start-gateway.ts'
import { inParallel } from '../in-parallel.ts'
import type { AnswerBytes } from '../reencode/answers.ts'
import { answerBytes } from '../reencode/answers.ts'
import type { Finding, Fuzzed } from './fuzz-requests.ts'
import { problemOf } from './judge.ts'
import { mutateBytes, mutateJson } from './mutate.ts'
import type { Random } from './random.ts'
import { randomOf } from './random.ts'

const PARALLEL = 32
const HANG_MS = 20_000

/** Answers of providers, mutated, to `count` calls of clients of every format. The same `seed` gives the same. */
export async function fuzzUpstreams(seed: number, count: number, from = 0): Promise<Fuzzed> {
  const answers = answerBytes()
  const formats = [...new Set(answers.map(({ format }) => format.id))]
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const sent = `${decodeURIComponent(incoming.url ?? '')} ${Buffer.concat(chunks).toString()}`
      const index = Number(/call (\d+)!/.exec(sent)?.[1])
      const { answer, bytes, pieces } = mutatedAnswer(answers, seed, index)
      outgoing.writeHead(200, { 'content-type': contentType(answer) })
      const step = Math.max(1, Math.ceil(bytes.length / pieces))
      for (let at = 0; at < bytes.length; at += step) outgoing.write(bytes.subarray(at, at + step))
      outgoing.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const upstream = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const gateway = await startGateway({
    models: ['unused'],
    upstream,
    timeouts: { idleMs: 5_000, totalMs: 10_000 },
    more: Object.fromEntries(formats.map((id) => [id, { upstream, models: ['m'], provider: providerOf(id) }])),
  })
  const pool = new Pool(gateway.url, { connections: PARALLEL, pipelining: 1 })
  const findings: Finding[] = []
  const statuses: Record<string, number> = {}
  const ask = async (index: number): Promise<void> => {
    const { answer, bytes } = mutatedAnswer(answers, seed, index)
    const random = randomOf(seed * 7_919 + index)
    const client = random.pick(CLIENT_FORMATS)
    const model = `${answer.format.id}/m`
    const body = JSON.stringify(client.body(model, answer.isStream)).replace('What can', `call ${index}! What can`)
    const what = `${answer.id} for ${client.id}`
    try {
      const {
        statusCode,
        headers,
        body: came,
      } = await pool.request({
        method: 'POST',
        path: client.path(model, answer.isStream),
        headers: { 'content-type': 'application/json' },
        body,
        signal: AbortSignal.timeout(HANG_MS),
      })
      const text = await came.text()
      statuses[statusCode] = (statuses[statusCode] ?? 0) + 1
      const upstreamText = client.id === answer.format.id ? new TextDecoder().decode(bytes) : ''
      const contentType = String(headers['content-type'] ?? '')
      const problem = problemOf({ status: statusCode, contentType, text }, client, upstreamText)
      if (problem !== undefined) findings.push({ index, what, problem })
    } catch (thrown) {
      findings.push({ index, what, problem: String(thrown) })
    }
  }
  const indexes = Array.from({ length: count }, (_, place) => from + place)
  try {
    await inParallel(PARALLEL, indexes, ask)
  } finally {
    await pool.destroy()
    await gateway.close()
    server.closeAllConnections()
    server.close()
  }
  return { findings, statuses }
}

function mutatedAnswer(answers: readonly AnswerBytes[], seed: number, index: number) {
  const random = randomOf(seed * 104_729 + index)
  const answer = random.pick(answers)
  const bytes = mutated(answer, random)
  return { answer, bytes, pieces: 1 + random.below(6) }
}

function mutated({ bytes, isStream, format }: AnswerBytes, random: Random): Uint8Array {
  if (format.framing === 'aws-event-stream' || random.next() < 0.5) return mutateBytes(bytes, random)
  const text = new TextDecoder().decode(bytes)
  if (!isStream) return mutatedText(text, random)
  const frames = text.split(/\n\n/)
  const at = random.below(frames.length)
  const frame = frames[at] ?? ''
  switch (random.below(4)) {
    case 0:
      frames.splice(at, 1)
      break
    case 1:
      frames.splice(at, 0, frame)
      break
    case 2:
      frames.splice(random.below(frames.length), 0, ...frames.splice(at, 1))
      break
    default: {
      const data = /^data: ?(.*)$/m.exec(frame)?.[1]
      if (data !== undefined)
        frames[at] = frame.replace(data, () => new TextDecoder().decode(mutatedText(data, random)))
    }
  }
  return new TextEncoder().encode(frames.join('\n\n'))
}

function mutatedText(json: string, random: Random): Uint8Array {
  try {
    return new TextEncoder().encode(JSON.stringify(mutateJson(JSON.parse(json), random)))
  } catch {
    return mutateBytes(new TextEncoder().encode(json), random)
  }
}

function contentType({ isStream, format }: AnswerBytes): string {
  if (!isStream) return 'application/json'
  if (format.framing === 'aws-event-stream') return 'application/vnd.amazon.eventstream'
  return format.framing === 'ndjson' ? 'application/x-ndjson' : 'text/event-stream'
}

function providerOf(id: WireFormatId) {
  const found = [...providers.values()].find(({ format }) => format === id)
  if (found === undefined) throw new Error(`No provider speaks ${id}.`)
  return found
}
