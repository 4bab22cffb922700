import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startSimulator } from '../../src/platform/node/simulate.ts'
import { startProgram } from '../clients/start-program.ts'
import { inParallel } from '../in-parallel.ts'
import type { ClientFormat, Seen } from './client-formats.ts'
import { CLIENT_FORMATS, sseEvents } from './client-formats.ts'
import type { Fault, Verdict } from './fault-list.ts'
import { FAULTS, UPSTREAM_FORMATS } from './fault-list.ts'

export type Cell = {
  readonly fault: Fault
  readonly client: ClientFormat
  readonly upstream: string
  readonly stream: boolean
}

/** What no cell may be: a success that is not one, an error in no known shape, an answer that never comes. */
export type Failing = 'silent' | 'untyped' | 'hang'

export type Outcome = {
  readonly cell: Cell
  readonly verdict: Verdict | 'error' | Failing
  readonly status: number
  readonly errors: readonly string[]
  /** `x-route-attempts`. */
  readonly attempts: string
  readonly elapsedMs: number
}

type Answer = { readonly seen: Seen; readonly status: number; readonly model: string; readonly attempts: string }

const PARALLEL = 24
// A call has at most 30 s by the configuration below.
const HANG_MS = 45_000
const IMPATIENT = { headers_ms: 700, first_part_ms: 700, idle_ms: 700, total_ms: 4_000 }
// Bytes one by one take their time on a busy machine.
const PATIENT = { headers_ms: 20_000, first_part_ms: 20_000, idle_ms: 20_000, total_ms: 30_000 }
const HEALTHY = 'ok'

/** Every fault × streamed or not × what the client speaks × what the faulty target speaks. */
export function allCells(faults: readonly Fault[] = FAULTS): Cell[] {
  return faults.flatMap((fault) =>
    CLIENT_FORMATS.flatMap((client) =>
      UPSTREAM_FORMATS.flatMap((upstream) => [true, false].map((stream) => ({ fault, client, upstream, stream }))),
    ),
  )
}

/**
 * Runs the cells against the program itself, with a simulator as all of its providers. `alone`: the faulty target has no
 * fallback. Each cell has a target and a pool of its own, so that no cell rests on what another did to its target.
 */
export async function runMatrix(cells: readonly Cell[], { alone = false } = {}): Promise<Outcome[]> {
  const silent = cells.filter(({ fault }) => fault.isSilent === true)
  const others = cells.filter(({ fault }) => fault.isSilent !== true)
  return [
    ...(await runCells(others, { alone, timeouts: PATIENT })),
    ...(await runCells(silent, { alone, timeouts: IMPATIENT })),
  ]
}

type Setting = { readonly alone: boolean; readonly timeouts: Readonly<Record<string, number>> }

async function runCells(cells: readonly Cell[], setting: Setting): Promise<Outcome[]> {
  const simulator = await startSimulator({ port: 0 })
  const folder = mkdtempSync(join(tmpdir(), 'thalamus-faults-'))
  const config = join(folder, 'thalamus.yaml')
  writeFileSync(config, JSON.stringify(configOf(cells, simulator.url, setting)))
  const program = await startProgram(['--config', config])
  try {
    const whole = await Promise.all(
      CLIENT_FORMATS.map(
        async (client) => [client.id, await ask(program.url, client, `auto/${HEALTHY}`, false)] as const,
      ),
    )
    const expected = new Map(whole.map(([id, answer]) => [id, answer.seen.text]))
    return await inParallel(PARALLEL, cells, (cell, index) => runCell(cell, `auto/c${index}`, program.url, expected))
  } finally {
    await program.close()
    await simulator.close()
  }
}

async function runCell(
  cell: Cell,
  model: string,
  url: string,
  expected: ReadonlyMap<string, string>,
): Promise<Outcome> {
  const startedAt = performance.now()
  try {
    const answer = await ask(url, cell.client, model, cell.stream)
    const { seen, status, attempts } = answer
    const verdict = verdictOf(cell, answer, expected.get(cell.client.id) ?? '')
    return { cell, verdict, status, errors: seen.errors, attempts, elapsedMs: performance.now() - startedAt }
  } catch (thrown) {
    const attempts = thrown instanceof Error ? thrown.message : String(thrown)
    return { cell, verdict: 'hang', status: 0, errors: [], attempts, elapsedMs: performance.now() - startedAt }
  }
}

function verdictOf(cell: Cell, { seen, status, model }: Answer, expected: string): Outcome['verdict'] {
  const { text, isEnded, errors } = seen
  if (errors.includes('untyped')) return 'untyped'
  if (status >= 400) return errors.length === 1 ? 'error' : 'untyped'
  if (errors.length > 0) return errors.length === 1 && !isEnded && text !== '' ? 'cut' : 'silent'
  if (!isEnded) return 'silent'
  if (model.endsWith(`/${HEALTHY}`)) return text === expected ? 'second' : 'silent'
  if (cell.fault.name === 'huge') return text.length >= 4 * 2 ** 20 ? 'first' : 'silent'
  if (cell.fault.name === 'dribble') return text.includes('naïve café') && text.includes('🙂🚀') ? 'first' : 'silent'
  return text === expected ? 'first' : 'silent'
}

async function ask(url: string, client: ClientFormat, model: string, stream: boolean): Promise<Answer> {
  const response = await fetch(url + client.path(model, stream), {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'anthropic-version': '2023-06-01' },
    body: JSON.stringify(client.body(model, stream)),
    signal: AbortSignal.timeout(HANG_MS),
  })
  const text = await response.text()
  const isStream = response.headers.get('content-type')?.includes('text/event-stream') === true
  const seen = isStream ? client.readStream(sseEvents(text)) : client.readWhole(JSON.parse(text))
  const header = (name: string) => response.headers.get(name) ?? ''
  return { seen, status: response.status, model: header('x-route-model'), attempts: header('x-route-attempts') }
}

function configOf(cells: readonly Cell[], simulator: string, { alone, timeouts }: Setting): object {
  const price = (price_in: number) => ({
    price_in,
    price_out: price_in,
    context_tokens: 8_000_000,
    max_output_tokens: 4_000_000,
    tools: true,
  })
  const healthy = `sim-openai-chat/${HEALTHY}`
  const first = cells.map(({ fault, upstream }, index) => `sim-${upstream}/c${index}/${fault.name}`)
  const pools = first.map((id, index) => [`c${index}`, { models: alone ? [id] : [id, healthy] }])
  return {
    providers: Object.fromEntries(
      UPSTREAM_FORMATS.map((format) => [`sim-${format}`, { format, base_url: simulator + basePath(format) }]),
    ),
    models: [...first.map((id) => ({ id, facts: price(1) })), { id: healthy, facts: price(2) }],
    pools: { ...Object.fromEntries(pools), [HEALTHY]: { models: [healthy] } },
    router: { use: 'uniform' },
    timeouts,
  }
}

function basePath(format: string): string {
  if (format.startsWith('openai-')) return '/v1'
  return format === 'gemini-generate' ? '/v1beta' : ''
}
