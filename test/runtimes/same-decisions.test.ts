import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Running } from '../cli/program.ts'
import { startProgram } from '../cli/program.ts'
import { askings, configWith, receipt, SECRETS } from './receipts.ts'

// `thalamus serve` in three runtimes, with a table and with a model on a thread of its own.

const RUNTIMES = ['node', 'bun', 'deno']
const ALL = askings()
const ASKED = { static: ALL, clusters: ALL.slice(0, 30) }

const programs = new Map<string, Running>()

beforeAll(async () => {
  for (const router of Object.keys(ASKED)) {
    for (const runtime of RUNTIMES) {
      const options = { config: configWith(router), environment: SECRETS, runtime }
      programs.set(`${router} ${runtime}`, await startProgram(['serve', '--port', '0'], options))
    }
  }
}, 60_000)

afterAll(() => Promise.all([...programs.values()].map((program) => program.stop())))

test.each(Object.entries(ASKED))(
  'Node, Bun and Deno decide the same with %s, to the last bit',
  async (router, asked) => {
    const models = new Set<unknown>()
    for (const asking of asked) {
      const [node, ...others] = await Promise.all(
        RUNTIMES.map((runtime) => receipt(programs.get(`${router} ${runtime}`)?.url ?? '', asking)),
      )
      // Numbers in JSON are written so that they are read as the same bits.
      for (const other of others) expect(other, JSON.stringify(asking).slice(0, 200)).toEqual(node)
      const { status, model, ...said } = node as { readonly status: number; readonly model?: string; router?: string }
      if (status !== 200) continue
      models.add(model)
      expect(said.router).toBe(`${router}@1`)
    }
    console.log(`${router}: ${asked.length} decisions, ${models.size} models chosen`)
    expect(models.size).toBeGreaterThan(2)
  },
  120_000,
)
