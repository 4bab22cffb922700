import { GatewayError } from '../../../core/errors.ts'
import type { Log } from '../../../core/ports.ts'
import { fromOption } from '../../../directives/from-model.ts'
import { DataProblem } from '../data-problem.ts'
import { describeDecision } from './describe-decision.ts'
import { describeRefusal } from './describe-refusal.ts'
import { openGateway } from './open-gateway.ts'
import { printProblems } from './problems.ts'
import type { ExitStatus } from './program.ts'
import { FROM_INPUT, isTooLong, readInput, runWithInput } from './prompt-input.ts'
import { createPaint, widthOf } from './terminal.ts'

type RouteOptions = {
  readonly flags?: string
  readonly pool?: string
  readonly json?: boolean
  readonly config?: string
}

const silent: Log = () => undefined

/** `thalamus route`: the decision for a prompt, as a table or as JSON. `args` are the program's own. */
export async function routeCommand(
  written: string | undefined,
  options: RouteOptions,
  args: readonly string[],
): Promise<ExitStatus> {
  try {
    if (isTooLong(args.filter((arg) => arg !== written))) {
      throw new DataProblem('the options are too long for a command line. A policy in thalamus.yaml can say the same.')
    }
    if (written === undefined || written === FROM_INPUT) return await routePrompt(await givenPrompt(written), options)
    return isTooLong(args) ? await runWithInput(args, written) : await routePrompt(written, options)
  } catch (thrown) {
    if (!(thrown instanceof DataProblem)) throw thrown
    process.stderr.write(`error: ${thrown.message}\n`)
    return 2
  }
}

/** The prompt on standard input. Nobody is waited for at a terminal unless it was said. */
async function givenPrompt(written: string | undefined): Promise<string> {
  const prompt = written === FROM_INPUT || !process.stdin.isTTY ? await readInput() : ''
  if (prompt !== '') return prompt
  const what = written === FROM_INPUT ? 'standard input is empty' : "missing required argument 'prompt'"
  throw new DataProblem(`${what}. Write it behind the command, or give it on standard input.`)
}

async function routePrompt(prompt: string, options: RouteOptions): Promise<ExitStatus> {
  const opened = await openGateway({ config: options.config, log: silent, needsUpstream: false })
  if ('problems' in opened) {
    printProblems(opened.problems)
    return 1
  }
  const pool = options.pool === undefined ? '' : `/${options.pool}`
  const flags = options.flags === undefined || options.flags === '' ? '' : `:${options.flags}`
  try {
    // Read here first, so that an error names the option and not the model name that is made of it below.
    if (flags !== '') fromOption('--flags', flags.slice(1), new Set(opened.snapshot.policies.keys()))
    const decision = await opened.gateway.decide({
      body: { model: `auto${pool}${flags}`, messages: [{ role: 'user', content: prompt }] },
    })
    const { stdout } = process
    stdout.write(
      options.json === true ? toJson(decision) : describeDecision(decision, createPaint(stdout), widthOf(stdout)),
    )
    return 0
  } catch (thrown) {
    if (!(thrown instanceof GatewayError)) throw thrown
    return printError(thrown, options.json === true)
  } finally {
    await opened.close()
  }
}

function printError(error: GatewayError, isJson: boolean): ExitStatus {
  const { stdout, stderr } = process
  if (isJson) stdout.write(toJson({ error: { message: error.message, code: error.code, ...error.data } }))
  else if (error.code === 'no_feasible_model')
    stdout.write(describeRefusal(error, createPaint(stdout), widthOf(stdout)))
  else stderr.write(`${createPaint(stderr)('red', '✗')} ${error.message}\n`)
  return error.status === 400 || error.status === 404 ? 2 : 1
}

function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
