import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { QUESTIONS, writeSet } from './data-set.ts'
import { runProgram } from './program.ts'

/** Both models answer two questions of three; the dear one answers the others too. */
const rows = QUESTIONS.flatMap(({ id }, index) => [`${id},cheap,${index % 3 === 0 ? 0 : 1},0.001`, `${id},dear,1,0.1`])
const costed = ['id,model,score,cost', ...rows].join('\n')

test('pareto plots the sweep, names what it stands to, and draws it as SVG', async () => {
  const folder = writeSet(costed)
  const out = join(mkdtempSync(join(tmpdir(), 'thalamus-pareto-')), 'front.svg')
  const { status, stdout, stderr } = await runProgram(['pareto', '--data', folder, '--seeds', '1', '--out', out])
  expect(stderr).toContain(`${out} written\n`)
  expect(status).toBe(0)
  expect(stdout).toContain('60 prompts, 2 models, clusters@1 fitted')
  expect(stdout).toMatch(/^quality\n/m)
  expect(stdout).toContain('USD a call, logarithmic')
  expect(stdout).toMatch(/· zero-router hull {2}⠒ swept cost weight {2}○ single models {2}◆ oracle {2}1 best/)
  expect(stdout).toMatch(/^2 +balanced +\d\.\d{3} +\$[\d.]+ +[\d.]+ +\[[\d.]+, [\d.]+\]/m)
  expect(stdout).toMatch(/^ +cost=8 +/m)
  expect(Math.max(...stdout.split('\n').map((line) => [...line].length))).toBeLessThanOrEqual(80)
  expect(unclosed(readFileSync(out, 'utf8'))).toEqual([])
  expect(readFileSync(out, 'utf8')).toContain('>swept cost weight<')
})

test('pareto --json: weights from quality alone to price alone, against the hull of the single models', async () => {
  const folder = writeSet(costed)
  const { status, stdout } = await runProgram(['pareto', '--data', folder, '--seeds', '1,2', '--json'])
  expect(status).toBe(0)
  const [set, ...others] = JSON.parse(stdout).sets
  expect(others).toEqual([])
  const { singles, sweep, best_single, oracle, versus_hull, presets } = set
  expect(singles.map(({ model }: { model: string }) => model)).toEqual(['cheap', 'dear'])
  expect(best_single).toMatchObject({ models: ['dear'], quality: 1 })
  expect(oracle.quality).toBe(1)
  expect(sweep[0]).toMatchObject({ weight: 0, quality: 1 })
  expect(sweep.at(-1).cost).toBeCloseTo(0.001, 12)
  expect(sweep.every(({ cost }: { cost: number }, at: number) => at === 0 || cost <= sweep[at - 1].cost + 1e-12)).toBe(
    true,
  )
  expect(versus_hull.share).toBeGreaterThanOrEqual(0)
  expect(versus_hull.share).toBeLessThanOrEqual(1)
  expect(presets.map(({ name }: { name: string }) => name)).toEqual(['best', 'balanced', 'cheap'])
  expect(presets[0]).toMatchObject({ kept: 1, calibration_kept: 1 })
})

test('what cannot be swept ends with what to do: no costs, no such router, nothing in the folder, no SVG', async () => {
  const free = writeSet(costed.replaceAll(/,[\d.]+$/gm, '').replace('id,model,score,cost', 'id,model,score'))
  const noCosts = await runProgram(['pareto', '--data', free])
  expect(noCosts.status).toBe(1)
  expect(noCosts.stderr).toMatch(/^error: .* has no costs: .*Add a "cost" column .*prices\.json/m)
  const unknown = await runProgram(['pareto', '--data', free, '--router', 'oracle'])
  expect(unknown).toMatchObject({ status: 2, stdout: '' })
  expect(unknown.stderr).toMatch(/there is no router "oracle"\. The routers are .*clusters/)
  const empty = mkdtempSync(join(tmpdir(), 'thalamus-empty-'))
  const nothing = await runProgram(['pareto', '--data', empty])
  expect(nothing.status).toBe(1)
  expect(nothing.stderr).toMatch(/holds no data set/)
  const png = join(empty, 'front.png')
  expect((await runProgram(['pareto', '--data', free, '--out', png])).status).toBe(2)
  expect(existsSync(png)).toBe(false)
  expect((await runProgram(['pareto'])).status).toBe(2)
})

test('of a folder of sets each is swept that has costs, into a file of its own', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'thalamus-sets-'))
  writeSet(costed, QUESTIONS, join(folder, 'one'))
  writeSet(
    costed.replaceAll(/,[\d.]+$/gm, '').replace('id,model,score,cost', 'id,model,score'),
    QUESTIONS,
    join(folder, 'two'),
  )
  const options = ['--seeds', '1', '--router', 'uniform', '--out', join(folder, 'front.svg')]
  const { status, stdout, stderr } = await runProgram(['pareto', '--data', folder, ...options])
  expect(status).toBe(0)
  expect(stderr).toContain('two has no costs: passed over.')
  expect(stdout).toContain('uniform')
  expect(existsSync(join(folder, 'front-one.svg'))).toBe(true)
  expect(existsSync(join(folder, 'front-two.svg'))).toBe(false)
})

/** Elements of an XML text that are not closed where they should be. */
function unclosed(xml: string): string[] {
  const open: string[] = []
  const wrong: string[] = []
  for (const [, slash, name = '', attributes = ''] of xml.matchAll(
    /<(\/?)([\w-]+)((?:\s+[\w:-]+="[^"<]*")*\s*\/?)>/g,
  )) {
    if (slash === '/') {
      if (open.pop() !== name) wrong.push(name)
    } else if (!attributes.endsWith('/')) open.push(name)
  }
  const rest = xml.replaceAll(/<\/?[\w-]+(?:\s+[\w:-]+="[^"<]*")*\s*\/?>/g, '')
  return [...open, ...wrong, ...(/[<]|&(?!(?:amp|lt|gt|quot);)/.exec(rest) ?? [])]
}
