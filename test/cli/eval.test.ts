import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { QUESTIONS, writeSet } from './data-set.ts'
import { MAIN, runProgram } from './program.ts'

const rows = QUESTIONS.flatMap(({ id }, index) => [`${id},small,${index % 2},0.001`, `${id},"large, new",1,0.01`])

test('eval scores a router against the baselines, as a table and as JSON', async () => {
  const folder = writeSet(['id,model,score,cost', ...rows].join('\n'))
  const shown = await runProgram(['eval', '--data', folder, '--seeds', '1'])
  expect(shown.status).toBe(0)
  expect(shown.stdout).toMatch(/60 prompts, 2 models/)
  expect(shown.stdout).toMatch(/best-single +1\.000/)
  const printed = await runProgram(['eval', '--data', folder, '--seeds', '1,2', '--router', 'uniform', '--json'])
  const { sets } = JSON.parse(printed.stdout)
  expect(sets).toHaveLength(1)
  expect(sets[0].models).toEqual(['large, new', 'small'])
  const router = sets[0].methods.find(({ id }: { id: string }) => id.startsWith('uniform'))
  expect(router).toMatchObject({ ci: { quality: [expect.any(Number), expect.any(Number)] } })
  expect(router.latency_ms_p50).toBeGreaterThan(0)
  expect(router.ce_bins[0]).toEqual({ said: expect.any(Number), seen: expect.any(Number), share: expect.any(Number) })
  expect(sets[0].methods.find(({ id }: { id: string }) => id === 'cheapest').cost).toBeCloseTo(0.001, 12)
})

test('--probe onboards the models from prompts of the training part', async () => {
  const folder = writeSet(['id,model,score,cost', ...rows].join('\n'))
  const quality = async (...more: readonly string[]): Promise<number> => {
    const { stdout } = await runProgram(['eval', '--data', folder, '--seeds', '1', '--json', ...more])
    const methods: { id: string; quality: number }[] = JSON.parse(stdout).sets[0].methods
    return methods.find(({ id }) => id.startsWith('clusters'))?.quality ?? Number.NaN
  }
  // The better model is plain from 40 grades; by name alone it is a guess.
  expect(await quality('--probe', '40')).toBe(1)
  const refused = await runProgram(['eval', '--data', folder, '--router', 'uniform', '--probe', '40'])
  expect(refused.stderr).toMatch(/cannot learn a model/)
  expect((await runProgram(['eval', '--data', folder, '--probe', '0'])).status).toBe(2)
})

test('costs come from prices where calls have none of their own', async () => {
  const folder = writeSet(
    [
      'id,model,score,in_tokens,out_tokens',
      ...QUESTIONS.flatMap(({ id }) => [`${id},a,1,1000,500`, `${id},b,1,1000,500`]),
    ].join('\n'),
  )
  const cheapest = async (): Promise<number | undefined> => {
    const { stdout } = await runProgram(['eval', '--data', folder, '--seeds', '1', '--router', 'uniform', '--json'])
    return JSON.parse(stdout).sets[0].methods.find(({ id }: { id: string }) => id === 'cheapest')?.cost
  }
  expect(await cheapest()).toBeUndefined()
  writeFileSync(join(folder, 'README.md'), '# A set\nPrices per 1M tokens: {"a": [2, 4, "7B"], "b": 1} of today\n')
  expect(await cheapest()).toBeCloseTo(0.0015, 12)
  writeFileSync(join(folder, 'prices.json'), '{"a": [0.5, 0.6], "b": 1}')
  expect(await cheapest()).toBeCloseTo(0.0008, 12)
})

type Shown = {
  id: string
  held_out?: string
  prompts: number
  models: string[]
  methods: { id: string; qnc: number }[]
}

async function setsOf(folder: string, ...more: readonly string[]): Promise<Shown[]> {
  const { stdout } = await runProgram(['eval', '--data', folder, '--seeds', '1', '--json', ...more])
  return JSON.parse(stdout).sets
}

test('--hold-out learns from the other data sets, or families of them, and tests on one', async () => {
  const datasets = ['gsm8k', 'math_level5', 'mbpp', 'mine']
  const folder = writeSet(
    ['id,model,score,cost', ...rows].join('\n'),
    QUESTIONS.map((one, index) => ({ ...one, dataset: datasets[index % 4] })),
  )
  const found = await setsOf(folder, '--hold-out', 'dataset')
  expect(found.map(({ held_out }) => held_out)).toEqual([...datasets, 'each dataset, mean'])
  expect(found.map(({ prompts }) => prompts)).toEqual([15, 15, 15, 15, 60])
  expect(found[0]?.methods.map(({ id }) => id)).toContain('clusters@1 fitted')
  expect((await setsOf(folder, '--hold-out', 'family')).map(({ held_out, prompts }) => [held_out, prompts])).toEqual([
    ['math', 30],
    ['code', 15],
    ['each family, mean', 45],
  ])
  const refused = await runProgram(['eval', '--data', folder, '--router', 'uniform', '--hold-out', 'dataset'])
  expect(refused.stderr).toMatch(/cannot learn a model/)
  expect((await runProgram(['eval', '--data', folder, '--hold-out', 'prompt'])).status).toBe(2)
})

test('--hold-out models chooses among a third of them, known by the probes alone', async () => {
  const many = QUESTIONS.flatMap(({ id }, index) =>
    Array.from({ length: 6 }, (_, model) => `${id},m${model},${Number(index % (model + 1) === 0)},0.0${model + 1}`),
  )
  const [found] = await setsOf(
    writeSet(['id,model,score,cost', ...many].join('\n')),
    '--hold-out',
    'models',
    '--probe',
    '20',
  )
  expect(found?.held_out).toBe('2 of 6 models')
  expect(found?.models).toHaveLength(2)
  const ids = found?.methods.map(({ id }) => id)
  for (const id of ['knn-50 probe 20', 'clusters@1 probe 20', 'clusters@1 fitted']) expect(ids).toContain(id)
})

test('questions that stand in a set beside it are left out of the clean part, and marks out of ten are shares', async () => {
  const parent = mkdtempSync(join(tmpdir(), 'thalamus-eval-sets-'))
  const outcomes = ['id,model,score', ...QUESTIONS.flatMap(({ id }) => [`${id},a,10`, `${id},b,5`])].join('\n')
  writeSet(outcomes, QUESTIONS.slice(0, 20), join(parent, 'trained'))
  const marked = QUESTIONS.map((one, index) => ({ ...one, contaminated: index === 59 }))
  writeSet(outcomes, [...marked, { ...QUESTIONS[0], id: 'untold', prompt: null }], join(parent, 'kept'))
  const [all, clean] = await setsOf(join(parent, 'kept'), '--router', 'uniform')
  expect(all).toMatchObject({ id: 'kept', prompts: 60 })
  expect(clean).toMatchObject({ id: 'kept, clean', prompts: 39 })
  expect(clean?.methods.find(({ id }) => id === 'best-single')).toMatchObject({ quality: 1, regret: 0 })
  expect(clean?.methods.find(({ id }) => id === 'random')).toMatchObject({ quality: 0.75 })
})

test('a router stands in the table as it is shipped, and fitted to the training part', async () => {
  const parent = mkdtempSync(join(tmpdir(), 'thalamus-eval-rows-'))
  const outcomes = ['id,model,score,cost', ...rows].join('\n')
  const [ours, other] = [join(parent, 'mmlu_pro'), join(parent, 'other')]
  for (const folder of [ours, other]) writeSet(outcomes, QUESTIONS, folder)
  const { stdout } = await runProgram(['eval', '--data', parent, '--seeds', '1', '--json'])
  const { sets } = JSON.parse(stdout)
  const routerRows = sets.map(
    ({ methods }: { methods: { id: string; seen_in_training?: boolean; quality: number }[] }) =>
      methods.filter(({ id }) => id.startsWith('clusters@')),
  )
  expect(routerRows[0].map(({ id }: { id: string }) => id)).toEqual(['clusters@1', 'clusters@1 fitted'])
  expect(routerRows[0][0]).toMatchObject({ seen_in_training: true })
  expect(routerRows[1][0]).toMatchObject({ seen_in_training: false })
  // One model is always right: whoever sees grades learns it.
  expect(routerRows[0][1]).toMatchObject({ quality: 1 })
  expect(routerRows[0][0].ci).toMatchObject({ aiq: [expect.any(Number), expect.any(Number)], ece: expect.any(Array) })
  const shown = await runProgram(['eval', '--data', ours, '--seeds', '1'])
  expect(shown.stdout).toMatch(/clusters@1 \*[\s\S]*\* made from this source/)
})

test('--split given takes the publisher’s split and averages over the tasks that were learned and those that were not', async () => {
  const datasets = ['sums_train', 'sums_test', 'words']
  const folder = writeSet(
    [
      'id,model,score,acc',
      ...QUESTIONS.flatMap(({ id }, index) => [`${id},a,0,${Number(index % 3 < 2)}`, `${id},b,0,0`]),
    ].join('\n'),
    QUESTIONS.map((one, index) => ({ ...one, dataset: datasets[index % 3] })),
  )
  const args = ['eval', '--data', folder, '--router', 'uniform', '--split', 'given', '--score', 'acc', '--json']
  const [found] = JSON.parse((await runProgram(args)).stdout).sets
  expect(found).toMatchObject({ prompts: 40 })
  const best = found.methods.find(({ id }: { id: string }) => id === 'best-single')
  expect(best).toMatchObject({ macro: 0.5, macro_trained: 1, macro_unseen: 0, datasets: { sums_test: 1, words: 0 } })
  expect(found.methods.find(({ id }: { id: string }) => id === 'only b')).toMatchObject({ macro: 0 })
  const without = JSON.parse((await runProgram([...args, '--leave-out', 'words'])).stdout).sets[0]
  expect(without.prompts).toBe(20)
  const plain = writeSet(['id,model,score', ...QUESTIONS.flatMap(({ id }) => [`${id},a,1`, `${id},b,0`])].join('\n'))
  const refused = await runProgram(['eval', '--data', plain, '--router', 'uniform', '--split', 'given'])
  expect(refused.stderr).toMatch(/--split given needs "split"/)
})

test('of two models each data set is reported apart, and what learns nothing is asked about all of it', async () => {
  const folder = writeSet(
    ['id,model,score', ...QUESTIONS.flatMap(({ id }, index) => [`${id},a,1`, `${id},b,${Number(index < 30)}`])].join(
      '\n',
    ),
    QUESTIONS.map((one, index) => ({
      ...one,
      dataset: index % 2 ? 'odd' : 'even',
      prompt: 'x'.repeat(index + 1),
      contaminated: index < 4,
    })),
    // Sets that lie beside it would be taken for what a router was trained on.
    join(mkdtempSync(join(tmpdir(), 'thalamus-eval-two-')), 'two'),
  )
  const found = await setsOf(folder, '--router', 'uniform')
  expect(found.map(({ id, prompts }) => [id.replace(/^[^/,]*/, ''), prompts])).toEqual([
    ['', 60],
    [', clean', 56],
    ['/even', 28],
    ['/odd', 28],
  ])
  // The longer half is the half in which the models differ: half the calls recover all of the gap.
  const length = found[0]?.methods.find(({ id }) => id === 'prompt-length, untrained')
  expect(length).toMatchObject({ apgr: 0.75, cpt50: 0.25 })
  expect(length).toMatchObject({ ci: { apgr: [expect.any(Number), expect.any(Number)] } })
})

test('--report writes tables, plots and figures into one folder', async () => {
  const parent = mkdtempSync(join(tmpdir(), 'thalamus-eval-report-'))
  writeSet(['id,model,score,cost', ...rows].join('\n'), QUESTIONS, join(parent, 'mine'))
  const out = join(parent, 'out', 'report')
  const { status, stderr } = await runProgram(['eval', '--data', join(parent, 'mine'), '--report', out, '--seeds', '1'])
  expect(status).toBe(0)
  expect(stderr).toMatch(/60 of 60 prompts, \d+ a second, 0\.0 minutes left/)
  const report = readFileSync(join(out, 'README.md'), 'utf8')
  for (const [, file = ''] of report.matchAll(/!\[[^\]]*\]\(([^)]*)\)/g)) {
    expect(readFileSync(join(out, file), 'utf8')).toMatch(/^<svg [\s\S]*<\/svg>\n$/)
  }
  expect(report).toMatch(/\| paraphrases \| 60 \|/)
  // What it says of itself is true where it is: commands can be run, and links lead somewhere.
  const mine = join(parent, 'mine')
  expect(report).toContain(`60 prompts, 2 models. \`thalamus eval --data ${mine} --seeds 1\``)
  expect(report).toContain(`\`thalamus eval --data ${mine} --attack\``)
  expect(report).not.toContain('](../../../docs/eval.md)')
  expect(readdirSync(out).filter((name) => name.endsWith('.svg'))).toEqual([
    'mine-deferral.svg',
    'mine-quality-cost.svg',
    'mine-reliability.svg',
  ])
  const { sets, attack } = JSON.parse(readFileSync(join(out, 'figures.json'), 'utf8'))
  expect(sets[0].id).toBe('mine')
  expect(attack.paraphrases.pairs).toBe(60)
  // A fifth of the clean prompts lies above the threshold: some of them stay there in other words.
  expect(attack.paraphrases.upgrade_rate_calibrated).toBeGreaterThan(0)
}, 120_000)

test('the commands and the link of a report are those of its router, its data and its folder', async () => {
  const parent = mkdtempSync(join(tmpdir(), 'thalamus-eval-report-'))
  const data = join(parent, "it's mine")
  writeSet(['id,model,score,cost', ...rows].join('\n'), QUESTIONS, join(data, 'sums'))
  // In the repository: only there is something to link to.
  const out = mkdtempSync(join(import.meta.dirname, 'report-'))
  try {
    const args = ['eval', '--data', data, '--router', 'uniform', '--report', out, '--seeds', '1', '--most', '30']
    expect((await runProgram(args)).status).toBe(0)
    const report = readFileSync(join(out, 'README.md'), 'utf8')
    const [, set = ''] = /30 prompts, 2 models\. `thalamus (eval [^`]*)`/.exec(report) ?? []
    expect(set).toBe(`eval --data '${data.replace("'", "'\\''")}/sums' --router uniform --most 30 --seeds 1`)
    const [, again = ''] = /Written by `thalamus (eval [^`]*)`/.exec(report) ?? []
    expect(again).toContain(` --router uniform --report ${out} --seeds 1 --most 30`)
    const [, link = ''] = /\[docs\/eval\.md\]\(([^)]*)\)/.exec(report) ?? []
    expect(readFileSync(join(out, link), 'utf8')).toMatch(/^# `thalamus eval`/)
    // A shell reads it as it was meant.
    const printed = execFileSync('sh', ['-c', `"${process.execPath}" "${MAIN}" ${set}`], {
      encoding: 'utf8',
      stdio: 'pipe',
    })
    expect(printed).toMatch(/sums {2}30 prompts, 2 models/)
  } finally {
    rmSync(out, { recursive: true })
  }
}, 120_000)
