import { mkdirSync, mkdtempSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { QUESTIONS, writeSet } from './data-set.ts'
import { type Finished, runProgram } from './program.ts'

type Evaluated = {
  readonly questions?: readonly (object | null)[]
  readonly head?: string
  readonly more?: readonly string[]
}

/** What the program says of `lines` under the usual columns. */
async function evaluated(
  lines: readonly string[],
  { questions = QUESTIONS, head = 'id,model,score', more = [] }: Evaluated = {},
): Promise<Finished> {
  const folder = writeSet([head, ...lines].join('\n'), questions)
  return runProgram(['eval', '--data', folder, '--seeds', '1', '--router', 'uniform', ...more])
}

const scores = QUESTIONS.flatMap(({ id }, index) => [`${id},a,${index % 2}`, `${id},b,1`])

test('data that cannot be read is named by file and line', async () => {
  const folder = writeSet('id,model,score\nq0,small,yes\n')
  const found = await runProgram(['eval', '--data', folder])
  expect(found.status).toBe(1)
  expect(found.stderr).toMatch(/outcomes\.csv:2: the score "yes" is no number/)
  expect((await runProgram(['eval', '--data', writeSet('id,model\nq0,small\n')])).stderr).toMatch(/no column "score"/)
  expect((await runProgram(['eval', '--data', '/no/such/folder'])).stderr).toMatch(/There is no \/no\/such\/folder/)
})

test.for(['0x10', 'Infinity', '1e999', '1.5e308', '-1', ''])('"%s" is neither a score nor a cost', async (written) => {
  const found = await evaluated(['q0,a,1,0.1', `q0,b,${written},0.1`], { head: 'id,model,score,cost' })
  expect([found.status, found.stderr]).toEqual([1, expect.stringMatching(/outcomes\.csv:3: the score/)])
  const costs = scores.map((line) => `${line},${line === 'q0,b,1' ? written : 0.1}`)
  const cost = await evaluated(costs, { head: 'id,model,score,cost' })
  expect([cost.status, cost.stderr]).toEqual([1, expect.stringMatching(/outcomes\.csv:3: the cost/)])
})

test('a decimal comma, a price that is none and a packed file that was cut are errors, not figures', async () => {
  expect((await evaluated([...scores, 'q0,c,0,5'])).stderr).toMatch(/outcomes\.csv:122: there are 4 cells under 3 col/)
  expect((await evaluated([...scores, '"q0"x,c,0'])).stderr).toMatch(/:122: behind the closing quotes of cell 1/)
  expect((await evaluated([...scores, 'q0,"c,0'])).stderr).toMatch(/:122: the quotes of cell 2 do not end/)
  expect((await evaluated(scores, { head: 'id,model,score,score' })).stderr).toMatch(/:1: the column "score" .* twice/)
  const folder = writeSet(['id,model,score', ...scores].join('\n'))
  const said = async () => (await runProgram(['eval', '--data', folder, '--router', 'uniform'])).stderr
  writeFileSync(join(folder, 'prices.json'), '{"a": 1, "b": -1}')
  expect(await said()).toMatch(/prices\.json: the price of "b"/)
  writeFileSync(join(folder, 'prices.json'), '{"a": 1, "b": 1e13}')
  expect(await said()).toMatch(/the price of "b" is a number from 0 to 1000000000000/)
  writeFileSync(join(folder, 'prices.json'), '{"a": 1,')
  expect(await said()).toMatch(/prices\.json is no JSON object/)
  const packed = readFileSync(join(folder, 'prompts.jsonl.gz'))
  writeFileSync(join(folder, 'prompts.jsonl.gz'), packed.subarray(0, packed.length / 2))
  expect(await said()).toMatch(/error: .*prompts\.jsonl\.gz cannot be unpacked: unexpected end of file/)
})

test('what became of the data stands in the output: scales, models and prompts left out, repeats', async () => {
  const lines = [
    ...scores.map((line) => line.replace('q7,b,1', 'q7,b,8.5')),
    ...QUESTIONS.slice(0, 20).map(({ id }) => `${id},hardly,1`),
    ...QUESTIONS.slice(3).map(({ id }) => `${id},almost,1`),
    'q9,b,1',
    'elsewhere,b,1',
  ]
  const shown = await evaluated(lines)
  expect(shown.stdout).toMatch(
    /Scores of sums are taken out of 10: 1 of 177 are above 1, the first on line 17 of the outcomes, the highest 8\.5\./,
  )
  expect(shown.stdout).toMatch(/fewer than nine prompts in ten: hardly \(20 of 60\)\..* 3 of 60 prompts\./)
  expect(shown.stdout).toMatch(/only repeat another count once: 0 of the prompts, 1 of the outcomes\./)
  expect(JSON.parse((await evaluated(lines, { more: ['--json'] })).stdout).sets[0].data).toEqual({
    scales: { sums: 10 },
    left_out: { models: { hardly: 20 }, prompts: 3 },
    repeated: { prompts: 0, outcomes: 1 },
    unknown_ids: 1,
    without_price: [],
  })
})

test('a set in which too little is left to compare says what was left out', async () => {
  const lone = await evaluated(scores.filter((line, index) => line.includes(',a,') || index < 40))
  expect([lone.status, lone.stderr]).toEqual([1, expect.stringMatching(/too few of its 2 models.* b \(20 of 60\)/)])
  expect((await evaluated(scores.filter((line) => line.includes(',a,')))).stderr).toMatch(/outcomes of a alone/)
  expect((await evaluated(['x,a,1', 'x,b,1'])).stderr).toMatch(/no id of outcomes\.csv stands in prompts\.jsonl/)
  expect((await evaluated([])).stderr).toMatch(/has no outcomes/)
  expect((await evaluated(scores, { questions: [] })).stderr).toMatch(/no prompt with a text/)
})

test('one question cannot be split, and part of a price list gives no costs: both are said', async () => {
  const questions = QUESTIONS.map((one) => ({ ...one, key: 'same' }))
  const found = await evaluated(scores, { questions })
  expect([found.status, found.stderr]).toEqual([1, expect.stringMatching(/60 prompts are 1 question .*different keys/)])
  const folder = writeSet(['id,model,score', ...scores].join('\n'))
  writeFileSync(join(folder, 'prices.json'), '{"a": 1}')
  const { stdout } = await runProgram(['eval', '--data', folder, '--seeds', '1', '--router', 'uniform'])
  expect(stdout).toMatch(/no figures of cost: b has no price/)
})

test('two lines about one thing pass where they agree, and are an error where they do not', async () => {
  const [first, ...others] = QUESTIONS
  expect((await evaluated(scores, { questions: [...QUESTIONS, { ...first }] })).status).toBe(0)
  const other = await evaluated(scores, { questions: [first ?? {}, { ...first, prompt: 'Else?' }, ...others] })
  expect(other.stderr).toMatch(/prompts\.jsonl\.gz:2: the id "q0" stands on line 1 too/)
  expect((await evaluated([...scores, 'q0,b,0'])).stderr).toMatch(/outcomes\.csv:122: line 3 has another outcome of b/)
})

test('a prompt line that is no prompt is named', async () => {
  for (const [line, said] of [
    [null, /:1: a prompt needs "id" and "prompt"/],
    [{ id: 'q', prompt: 'Why?', key: 5 }, /:1: "key" is a text, not 5/],
    [{ id: 'q', prompt: 'Why?', contaminated: 'yes' }, /:1: "contaminated" is true or false/],
  ] as const) {
    expect((await evaluated(scores, { questions: [line] })).stderr).toMatch(said)
  }
})

test('files may begin with a byte order mark and end their lines as Windows does', async () => {
  const folder = writeSet(`\uFEFF${['id,model,score', ...scores, ''].join('\r\n')}`)
  const prompts = `\uFEFF${QUESTIONS.map((one) => `${JSON.stringify(one)}\r\n`).join('')}\r\n`
  writeFileSync(join(folder, 'prompts.jsonl.gz'), gzipSync(prompts))
  const { status, stdout } = await runProgram(['eval', '--data', folder, '--seeds', '1', '--router', 'uniform'])
  expect([status, stdout]).toEqual([0, expect.stringMatching(/60 prompts, 2 models/)])
})

test('options that would change nothing, or something else, are refused', async () => {
  for (const seeds of ['', '1,1', '1,x']) expect((await evaluated(scores, { more: ['--seeds', seeds] })).status).toBe(2)
  const unknown = await evaluated(scores, { more: ['--leave-out', 'sums,nosuch'] })
  expect([unknown.status, unknown.stderr]).toEqual([
    1,
    expect.stringMatching(/no data set "nosuch"\. There are sums\./),
  ])
  const file = join(mkdtempSync(join(tmpdir(), 'thalamus-eval-file-')), 'report')
  writeFileSync(file, 'mine')
  const report = await evaluated(scores, { more: ['--report', file] })
  expect([report.status, report.stderr]).toEqual([1, expect.stringMatching(/^error: The report cannot be written/m)])
  expect(report.stderr).not.toMatch(/prompts, \d+ a second/)
  const none = await evaluated(scores, { more: ['--leave-out', ','] })
  expect([none.status, none.stderr]).toEqual([2, expect.stringMatching(/names of data sets, with commas/)])
  const all = await evaluated(scores, { more: ['--leave-out', ' sums'] })
  expect([all.status, all.stderr]).toEqual([1, expect.stringMatching(/: --leave-out leaves nothing of it\./)])
  const nothing = await evaluated(scores, { more: ['--hold-out', 'dataset'] })
  expect([nothing.status, nothing.stderr]).toEqual([1, expect.stringMatching(/nothing that can be scored this way/)])
})

test('more probes than there are prompts are labelled with what there is', async () => {
  const folder = writeSet(['id,model,score', ...scores].join('\n'))
  const args = ['eval', '--data', folder, '--seeds', '1', '--probe', '100000']
  const [found] = JSON.parse((await runProgram([...args, '--json'])).stdout).sets
  expect(found.probes).toEqual({ asked: 100_000, used: 48 })
  expect(found.methods.map(({ id }: { id: string }) => id)).toContain('clusters@1 probe 48')
  expect((await runProgram(args)).stdout).toMatch(/Of 100000 probes the training part has 48\./)
})

test('a table without an interval says why, and JSON has no empty ones', async () => {
  const few = { questions: QUESTIONS.slice(0, 20) }
  const shown = await evaluated(scores.slice(0, 40), few)
  expect(shown.stdout).toMatch(/best-single .* \[–\]/)
  expect(shown.stdout).toMatch(/\[–\] no interval: the test parts have fewer than ten questions/)
  const printed = await evaluated(scores.slice(0, 40), { ...few, more: ['--json'] })
  expect(printed.stdout).not.toContain('null')
  const best = JSON.parse(printed.stdout).sets[0].methods.find(({ id }: { id: string }) => id === 'best-single')
  expect(best).toMatchObject({ ci: {}, without_ci: expect.arrayContaining(['gain', 'quality']) })
})

test.for([
  ['--report', 'report', '--leave-out', 'first'],
  ['--report', 'report', '--attack'],
  ['--report', 'report', '--json'],
  ['--attack', '--split', 'given'],
  ['--attack', '--probe', '20'],
])('%s and what it would not heed is wrong usage', async (more) => {
  const found = await evaluated(scores, { more })
  expect([found.status, found.stderr]).toEqual([2, expect.stringMatching(/cannot be used with option/)])
})

test.for([
  [['--hold-out', 'dataset', '--split', 'given'], /--split given cannot be used with --hold-out/],
  [['--split', 'given', '--seeds', '42,2'], /--split given splits once.* Give --seeds one/],
  [['--hold-out', 'family', '--seeds', '42,2'], /--hold-out family splits once/],
] as const)('%s: what would not be heeded is wrong usage', async ([more, message]) => {
  const found = await evaluated(scores, { more })
  expect([found.status, found.stderr]).toEqual([2, expect.stringMatching(message)])
})

test('--split given takes no side that it does not know, and says how many prompts are on none', async () => {
  const sided = (sideOf: (index: number) => unknown) =>
    evaluated(scores, {
      questions: QUESTIONS.map((one, index) => ({ ...one, split: sideOf(index) })),
      more: ['--split', 'given'],
    })
  const unknown = await sided((index) => (index < 30 ? 'train' : index < 50 ? 'Test' : 5))
  expect([unknown.status, unknown.stderr]).toEqual([
    1,
    expect.stringMatching(/"split" is "train" or "test", and here also "Test" \(20 prompts\), 5 \(10 prompts\)/),
  ])
  const untold = await sided((index) => (index < 30 ? 'train' : index < 50 ? 'test' : null))
  expect([untold.status, untold.stderr]).toEqual([0, expect.stringMatching(/10 of 60 prompts are on no side/)])
})

const parsed = async (lines: readonly string[], options: Evaluated = {}) => {
  const { stdout } = await evaluated(lines, { ...options, more: ['--json'] })
  return JSON.parse(stdout).sets[0]
}

test('scores above 1 by a rounding error, and those of a model that is left out, set no scale', async () => {
  const close = await parsed([
    ...scores.map((line) => line.replace('q7,b,1', 'q7,b,1.0000000000000002')),
    'q0,hardly,7',
  ])
  expect(close.data).toMatchObject({ scales: { sums: 1 }, left_out: { models: { hardly: 1 } } })
  // No more than right, too.
  expect(close.methods.find(({ id }: { id: string }) => id === 'oracle').quality).toBe(1)
  const tens = await parsed(scores.map((line) => line.replace('q7,b,1', 'q7,b,10.000000000000002')))
  expect(tens.data.scales).toEqual({ sums: 10 })
})

test('a model that is left out needs no price, and no cost', async () => {
  const folder = writeSet(['id,model,score', ...scores, 'q0,hardly,1'].join('\n'))
  writeFileSync(join(folder, 'prices.json'), '{"a": 1, "b": 2}')
  const { stdout } = await runProgram(['eval', '--data', folder, '--seeds', '1', '--router', 'uniform', '--json'])
  const [set] = JSON.parse(stdout).sets
  expect(set.data.without_price).toEqual([])
  expect(set.methods.find(({ id }: { id: string }) => id === 'cheapest').cost).toBeGreaterThan(0)
  const blank = await evaluated([...scores.map((line) => `${line},0.1`), 'q0,hardly,1,'], {
    head: 'id,model,score,cost',
  })
  expect([blank.status, blank.stderr]).toEqual([0, expect.not.stringContaining('the cost is blank')])
})

test('a head may begin with a nameless column and have names in quotes', async () => {
  const found = await parsed(
    scores.map((line, index) => `${index},${line},0.1`),
    { head: ',id,model,"score",cost' },
  )
  expect(found).toMatchObject({ prompts: 60, models: ['a', 'b'] })
  expect(found.methods.find(({ id }: { id: string }) => id === 'cheapest').cost).toBeCloseTo(0.1, 12)
})

test('a file in another encoding or with other separators is told so', async () => {
  const folder = writeSet('')
  const said = async (outcomes: Buffer | string) => {
    writeFileSync(join(folder, 'outcomes.csv'), outcomes)
    const { status, stderr } = await runProgram(['eval', '--data', folder, '--router', 'uniform'])
    expect(status).toBe(1)
    return stderr
  }
  const text = ['id,model,score', ...scores].join('\n')
  // Nobody reads this one, but for prices.
  writeFileSync(join(folder, 'README.md'), Buffer.from('Modèles\n', 'latin1'))
  expect(await said(Buffer.from(text.replace('q0,a', 'q0,modèle'), 'latin1'))).toMatch(/not UTF-8 but .*Latin-1/)
  expect(await said(Buffer.from(`\uFEFF${text}`, 'utf16le'))).toMatch(/outcomes\.csv is not UTF-8 but UTF-16/)
  expect(await said(Buffer.from(text, 'utf16le'))).toMatch(/not UTF-8 but UTF-16/)
  writeFileSync(join(folder, 'outcomes.csv'), text)
  expect((await runProgram(['eval', '--data', folder, '--seeds', '1', '--router', 'uniform'])).status).toBe(0)
  expect(await said(text.replaceAll(',', ';'))).toMatch(
    /no column "id"\. Cells are separated by commas, and here by semi/,
  )
})

test('names that differ by a blank at the end can be told apart', async () => {
  const { stdout } = await evaluated([...scores, 'q0,b ,1'])
  expect(stdout).toContain('nine prompts in ten: "b " (1 of 60)')
})

test('of a packed and an unpacked file the newer is not passed over in silence', async () => {
  const folder = writeSet(['id,model,score', ...scores].join('\n'))
  const run = () => runProgram(['eval', '--data', folder, '--seeds', '1', '--router', 'uniform'])
  const plain = join(folder, 'prompts.jsonl')
  writeFileSync(plain, '')
  utimesSync(plain, 4e9, 4e9)
  const newer = await run()
  expect([newer.status, newer.stderr]).toEqual([1, expect.stringMatching(/prompts\.jsonl is newer than .*\.gz, which/)])
  // As gunzip --keep leaves it.
  utimesSync(plain, 1e9, 1e9)
  expect((await run()).status).toBe(0)
})

test('a folder beside a set that is no data set of its kind ends no run, and is named', async () => {
  const parent = mkdtempSync(join(tmpdir(), 'thalamus-eval-beside-'))
  const questions = QUESTIONS.map((one, index) => ({ ...one, contaminated: index < 10 }))
  const folder = writeSet(['id,model,score', ...scores].join('\n'), questions, join(parent, 'mine'))
  mkdirSync(join(parent, 'other'))
  writeFileSync(join(parent, 'other', 'prompts.jsonl'), 'something else\n')
  const found = await runProgram(['eval', '--data', folder, '--seeds', '1', '--router', 'uniform'])
  expect(found.status).toBe(0)
  expect(found.stdout).toMatch(/mine, clean {2}50 prompts/)
  expect(found.stdout).toMatch(/Not looked at for questions .*other\/prompts\.jsonl:1: this line is not JSON\./)
})
