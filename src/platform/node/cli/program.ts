import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { nearest } from '../../../core/nearest.ts'
import { VERSION } from './version.ts'

/** Exit status: 0 success, 1 a finding, 2 wrong usage. */
export type ExitStatus = 0 | 1 | 2

/** Options of `eval` that say how sets are scored: what has a plan of its own cannot take them. */
const OF_SETS = ['probe', 'holdOut', 'split', 'leaveOut', 'score'] as const

/** Runs the program on its arguments. Commands load what they need when they are called. */
export async function run(args: readonly string[]): Promise<ExitStatus> {
  let status: ExitStatus = 0
  const program = new Command('thalamus')
    .description(
      'An LLM routing gateway: predicts how well each model would answer, and sends the request to the best deal.',
    )
    .version(VERSION, '-v, --version')
    .showHelpAfterError('(--help shows how it is used)')
    .showSuggestionAfterError()
    .exitOverride()
  const add = (name: string, description: string, example: string): Command =>
    program.command(name).description(description).addHelpText('after', `\nExample:\n  ${example}`).exitOverride()

  const config = ['-c, --config <path>', 'configuration file (default: ./thalamus.yaml if there is one)'] as const

  program
    .command('serve', { isDefault: true })
    .description('serve the gateway (what thalamus alone does)')
    .option(...config)
    .option('-p, --port <number>', 'port; 0 takes a free one (default: 8787, or server.port)', port)
    .option('--host <address>', 'address to listen on (default: 127.0.0.1, or server.host)')
    .addHelpText('after', '\nExample:\n  thalamus serve --port 8787')
    .exitOverride()
    .action(async (options) => {
      const { serveCommand } = await import('./serve-command.ts')
      status = await serveCommand(options)
    })

  add(
    'route',
    'show the decision for a prompt; calls no model',
    'thalamus route "Prove that 2 is prime." --flags cheap',
  )
    .argument('[prompt]', 'the prompt to route; - reads it from standard input, as no prompt does behind a pipe')
    .option('-f, --flags <flags>', 'flags as in a model name: cheap+eu+max_cost=0.02')
    .option('--pool <name>', 'a pool of the configuration')
    .option('--json', 'print the decision as JSON')
    .option(...config)
    .action(async (prompt: string | undefined, options) => {
      const { routeCommand } = await import('./route-command.ts')
      status = await routeCommand(prompt, options, args)
    })

  add('check', 'validate the configuration, the policies and the router', 'thalamus check --config thalamus.yaml')
    .option('--json', 'print findings as JSON')
    .option('--live', 'also ask every provider whether it answers')
    .option(...config)
    .action(async (options) => {
      const { checkCommand } = await import('./check-command.ts')
      status = await checkCommand(options)
    })

  add(
    'eval',
    'score a router against baselines on prompts whose outcomes are known',
    'thalamus eval --data ../shared/data/routing/bfcl',
  )
    .requiredOption(
      '-d, --data <folder>',
      'a data set (prompts.jsonl, outcomes.csv; gzipped or not), a folder of them, or a decision log with prompts',
    )
    .option('-r, --router <id>', 'the router to score', 'clusters')
    .option('--probe <number>', 'onboard every model from this many prompts instead of its shipped profile', count)
    .addOption(
      new Option(
        '--hold-out <what>',
        'learn without one data set or family of them and test on it, or onboard a third of the models from --probe prompts (default 120)',
      ).choices(['dataset', 'family', 'models']),
    )
    .addOption(
      new Option(
        '--split <how>',
        'split by key, or as the publisher did (a "split" a row, or NAME_train and NAME_test)',
      )
        .choices(['key', 'given'])
        .default('key'),
    )
    .option('--leave-out <list>', 'data sets to leave out, with commas between them', names)
    .option('--score <column>', 'the column of outcomes.csv that holds the score', 'score')
    .option('--most <number>', 'use at most this many prompts of a set, whole questions', count)
    .addOption(
      new Option(
        '--report <folder>',
        'instead: every table and plot of the router as Markdown, SVG and JSON in this folder',
      ).conflicts([...OF_SETS, 'attack', 'json']),
    )
    .addOption(
      new Option(
        '--attack',
        'instead: how decisions move when prompts are tampered with, reworded or translated',
      ).conflicts([...OF_SETS, 'most', 'seeds']),
    )
    .option('--seeds <list>', 'seeds of the splits (default: 42,999,2024,2025,3407)', seeds)
    .option('--json', 'print the figures as JSON')
    .action(async (options) => {
      const { evalCommand } = await import('./eval-command.ts')
      status = await evalCommand(options)
    })

  add(
    'pareto',
    'sweep the cost weight over prompts whose outcomes are known, and plot quality against cost',
    'thalamus pareto --data ../shared/data/routing/routerbench_subset --out front.svg',
  )
    .requiredOption('-d, --data <folder>', 'a data set with costs, or a folder of them (as for eval)')
    .option('-o, --out <file>', 'also draw it as SVG in this file; of several sets one file each')
    .option('-r, --router <id>', 'the router that predicts', 'clusters')
    .option('--probe <number>', 'learn the models from this many prompts instead of the whole training part', count)
    .addOption(
      new Option('--shipped', 'ask the router as it is shipped, by the names of the models').conflicts('probe'),
    )
    .option('--score <column>', 'the column of outcomes.csv that holds the score', 'score')
    .option('--most <number>', 'use at most this many prompts of a set, whole questions', count)
    .option('--seeds <list>', 'seeds of the splits (default: 42,999,2024,2025,3407)', seeds)
    .option('--json', 'print the figures as JSON')
    .action(async (options) => {
      const { paretoCommand } = await import('./pareto-command.ts')
      status = await paretoCommand(options)
    })

  add(
    'profile',
    'ask a model prompts whose answers can be graded, and write what the router learns from them',
    'thalamus profile local/llama3.1:8b',
  )
    .argument('<model>', 'a configured model, as PROVIDER/MODEL')
    .option('--prompts <file>', 'your own probes instead of those that come with the program: a YAML file, or a folder')
    .option('--concurrency <number>', 'calls under way at once', concurrency, 4)
    .option('--max-tokens <number>', 'the most tokens of one answer, thinking included', tokens, 16_384)
    .option('-o, --out <file>', 'where to write (default: thalamus.profiles/ beside the configuration)')
    .option('--json', 'print the figures as JSON')
    .option(...config)
    .action(async (model: string, options) => {
      const { profileCommand } = await import('./profile-command.ts')
      status = await profileCommand(model, options)
    })

  add(
    'replay',
    'make logged decisions again under another policy: who would move, and what that would cost and earn',
    'thalamus replay logs/decisions.jsonl --policy cheap',
  )
    .argument('<log>', 'a decision log (telemetry.decision_log); its full files .1, .2, … are read too')
    .option('--policy <name>', 'the policy, or a YAML file of one')
    .option('-f, --flags <flags>', 'flags as in a model name, said on top: eu+max_cost=0.02')
    .option('-r, --router <id>', 'a router that predicts anew, from a log with prompts')
    .option('--override-callers', 'also where a caller named a preset himself')
    .option('--verify', 'instead: make decisions again as they were, and fail where one comes out otherwise')
    .option('--json', 'print the figures as JSON')
    .option('-c, --config <path>', 'a configuration whose policies can be named (default: the presets)')
    .action(async (log: string, options) => {
      const { replayCommand } = await import('./replay-command.ts')
      status = await replayCommand(log, options)
    })

  add('usage', 'sum what the usage ledger holds', 'thalamus usage --by model --since 2026-11-01')
    .argument('[ledger]', 'a ledger (default: ledger.sqlite of the configuration)')
    .addOption(
      new Option('--by <what>', 'by what to sum; days are those of UTC')
        .choices(['key', 'model', 'day'])
        .default('key'),
    )
    .option('--since <date>', 'only what ended since: 2026-11-01, or 2026-11-01T08:00:00Z', date)
    .option('--json', 'print the sums as JSON')
    .option(...config)
    .action(async (ledger: string | undefined, options) => {
      const { usageCommand } = await import('./usage-command.ts')
      status = await usageCommand(ledger, options)
    })

  add('simulate', 'serve a provider simulator; the model name selects the fault', 'thalamus simulate --port 8788')
    .option('-p, --port <number>', 'port; 0 takes a free one', port, 8788)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .action(async (options) => {
      const { simulateCommand } = await import('./simulate-command.ts')
      status = await simulateCommand(options)
    })

  const unknown = unknownCommand(args[0], program)
  if (unknown !== undefined) {
    process.stderr.write(`error: ${unknown}\n`)
    return 2
  }
  try {
    await program.parseAsync(args, { from: 'user' })
    return status
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : 2
    throw thrown
  }
}

/** Without this, a mistyped command would be taken for an argument of `serve`. */
function unknownCommand(name: string | undefined, program: Command): string | undefined {
  const known = [...program.commands.map((command) => command.name()), 'help']
  if (name === undefined || name.startsWith('-') || known.includes(name)) return undefined
  const [near] = nearest(name, known, 1)
  return `there is no command "${name}". ${near === undefined ? `The commands are ${known.join(', ')}.` : `Did you mean "${near}"?`}`
}

function port(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 0 && value <= 65_535) return value
  throw new InvalidArgumentError('a port is a number from 0 to 65535')
}

function date(text: string): number {
  const value = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN
  if (!Number.isNaN(value)) return value
  throw new InvalidArgumentError('a day or a time as 2026-11-01 or 2026-11-01T08:00:00Z')
}

function names(text: string): string[] {
  const written = text.split(',').map((one) => one.trim())
  if (written.every((one) => one !== '')) return written
  throw new InvalidArgumentError('names of data sets, with commas between them: bfcl,mbpp')
}

function seeds(text: string): number[] {
  const written = text.split(',').map((one) => one.trim())
  const values = written.map(Number)
  const isSeed = (one: string): boolean => /^\d+$/.test(one) && Number.isSafeInteger(Number(one))
  if (written.every(isSeed) && new Set(values).size === values.length) return values
  throw new InvalidArgumentError('seeds are different whole numbers, with commas between them: 42,999')
}

function concurrency(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value > 0 && value <= 64) return value
  throw new InvalidArgumentError('a whole number from 1 to 64')
}

function tokens(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value > 0 && value <= 1_000_000) return value
  throw new InvalidArgumentError('a whole number from 1 to 1000000')
}

function count(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value > 0) return value
  throw new InvalidArgumentError('a number of prompts is a whole number above 0')
}
