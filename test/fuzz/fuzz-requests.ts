import { Pool } from 'undici'
import { startSimulator } from '../../src/platform/node/simulate.ts'
import { startGateway } from '../flow/start-gateway.ts'
import { inParallel } from '../in-parallel.ts'
import { problemOf } from './judge.ts'
import type { FuzzedRequest } from './requests.ts'
import { fuzzedRequest } from './requests.ts'

export type Finding = { readonly index: number; readonly what: string; readonly problem: string }
export type Fuzzed = { readonly findings: readonly Finding[]; readonly statuses: Readonly<Record<string, number>> }

const PARALLEL = 32
const HANG_MS = 20_000

/** Sends `count` nearly valid requests to a gateway in front of a simulator. The same `seed` sends the same. */
export async function fuzzRequests(seed: number, count: number, from = 0): Promise<Fuzzed> {
  const simulator = await startSimulator({ port: 0 })
  const gateway = await startGateway({
    models: ['ok', 'tool-parallel', 'embed'],
    upstream: `${simulator.url}/v1`,
    pools: { all: {} },
  })
  const pool = new Pool(gateway.url, { connections: PARALLEL, pipelining: 1 })
  const findings: Finding[] = []
  const statuses: Record<string, number> = {}
  const ask = async (index: number): Promise<void> => {
    const request = fuzzedRequest(seed, index)
    const problem = await answerTo(request, pool, statuses).catch((thrown: unknown) => String(thrown))
    if (problem !== undefined) findings.push({ index, what: `${request.method} ${request.path}`, problem })
  }
  const indexes = Array.from({ length: count }, (_, place) => from + place)
  try {
    await inParallel(PARALLEL, indexes, ask)
  } finally {
    await pool.destroy()
    await gateway.close()
    await simulator.close()
  }
  return { findings, statuses }
}

async function answerTo(
  { method, path, headers, body, formats }: FuzzedRequest,
  pool: Pool,
  statuses: Record<string, number>,
): Promise<string | undefined> {
  const {
    statusCode,
    headers: answered,
    body: answer,
  } = await pool.request({
    method: method as 'GET',
    path,
    headers,
    body: body ?? null,
    signal: AbortSignal.timeout(HANG_MS),
  })
  const text = await answer.text()
  statuses[statusCode] = (statuses[statusCode] ?? 0) + 1
  const came = { status: statusCode, contentType: String(answered['content-type'] ?? ''), text }
  const problems = formats.map((format) => problemOf(came, format))
  return problems.includes(undefined) ? undefined : problems[0]
}
