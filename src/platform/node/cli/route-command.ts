import type { Candidate, Decision } from '../../../core/decision.ts'
import { GatewayError } from '../../../core/errors.ts'
import type { Log } from '../../../core/ports.ts'
import { openGateway } from './open-gateway.ts'
import { printProblems } from './problems.ts'
import type { ExitStatus } from './program.ts'
import { columns, createPaint } from './terminal.ts'

type RouteOptions = {
  readonly flags?: string
  readonly pool?: string
  readonly json?: boolean
  readonly config?: string
}

const silent: Log = () => undefined

/** `thalamus route`: the decision for a prompt, as a table or as JSON. */
export async function routeCommand(prompt: string, options: RouteOptions): Promise<ExitStatus> {
  const opened = await openGateway({ config: options.config, log: silent, needsUpstream: false })
  if ('problems' in opened) {
    printProblems(opened.problems)
    return 1
  }
  const pool = options.pool === undefined ? '' : `/${options.pool}`
  const flags = options.flags === undefined || options.flags === '' ? '' : `:${options.flags}`
  try {
    const decision = await opened.gateway.decide({
      body: { model: `auto${pool}${flags}`, messages: [{ role: 'user', content: prompt }] },
    })
    process.stdout.write(options.json === true ? `${JSON.stringify(decision, null, 2)}\n` : describeDecision(decision))
    return 0
  } catch (thrown) {
    if (!(thrown instanceof GatewayError)) throw thrown
    if (options.json === true)
      process.stdout.write(
        `${JSON.stringify({ error: { message: thrown.message, code: thrown.code, ...thrown.data } }, null, 2)}\n`,
      )
    else process.stderr.write(`${thrown.message}\n`)
    return thrown.status === 400 || thrown.status === 404 ? 2 : 1
  } finally {
    await opened.close()
  }
}

function describeDecision(decision: Decision): string {
  const paint = createPaint(process.stdout)
  const head = ['', 'model', 'quality', 'cost', 'time', 'tokens', 'score', '']
  const rows = [head, ...decision.candidates.map((candidate) => candidateRow(candidate, decision))]
  const [header = '', ...lines] = columns(rows, [2, 3, 4, 5, 6])
  const text = [
    `${paint('bold', decision.model)}  ${decision.reason}`,
    paint(
      'dim',
      `policy ${decision.policy} · router ${decision.router} · ${decision.elapsed_ms.toFixed(1)} ms${decision.truncated ? ' · prompt cut for the router' : ''}`,
    ),
    '',
    paint('dim', header),
    ...lines.map((line, index) => (decision.candidates[index]?.model === decision.model ? paint('green', line) : line)),
    '',
    `${paint('dim', 'front')}  ${decision.front.join(' → ')}${decision.knee === null ? '' : `  ${paint('dim', `knee ${decision.knee}`)}`}`,
    ...clusterLine(decision),
    ...droppedLines(decision, paint),
  ]
  return `${text.join('\n')}\n`
}

function candidateRow(candidate: Candidate, decision: Decision): string[] {
  const { quality, uncertainty } = candidate
  return [
    candidate.model === decision.model ? '▸' : ' ',
    candidate.model,
    quality === undefined ? '–' : `${(quality * 100).toFixed(1)} ±${((uncertainty ?? 0) * 100).toFixed(1)}`,
    dollars(candidate.cost_usd),
    candidate.latency_ms === undefined ? '–' : `${(candidate.latency_ms / 1_000).toFixed(1)} s`,
    candidate.output_tokens === undefined ? '–' : candidate.output_tokens.toFixed(0),
    candidate.score === undefined ? '–' : candidate.score.toFixed(1),
    [candidate.in_band ? 'band' : '', candidate.on_front ? 'front' : ''].filter((word) => word !== '').join(' '),
  ]
}

function dollars(value: number | undefined): string {
  if (value === undefined) return '–'
  if (value === 0) return '$0'
  return `$${value.toPrecision(2).includes('e') ? value.toFixed(8) : value.toPrecision(2)}`
}

function clusterLine(decision: Decision): string[] {
  const clusters = decision.evidence?.['clusters']
  if (!Array.isArray(clusters)) return []
  const words = clusters.flatMap((cluster: unknown) =>
    typeof cluster === 'object' &&
    cluster !== null &&
    'label' in cluster &&
    'share' in cluster &&
    Number(cluster.share) >= 0.05
      ? [`${String(cluster.label)} ${Math.round(Number(cluster.share) * 100)} %`]
      : [],
  )
  return words.length === 0 ? [] : [`prompt  ${words.join(', ')}`]
}

function droppedLines(decision: Decision, paint: ReturnType<typeof createPaint>): string[] {
  if (decision.dropped.length === 0) return []
  const rows = decision.dropped.map((drop) => [
    `  ${drop.model}`,
    drop.constraint,
    `needs ${JSON.stringify(drop.required)}`,
    `has ${drop.actual === null || drop.actual === undefined ? 'no known value' : JSON.stringify(drop.actual)}`,
  ])
  return ['', paint('dim', 'dropped'), ...columns(rows)]
}
