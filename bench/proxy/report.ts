import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { origin } from '../origin.ts'

export type Round = { readonly microsecondsPerRequest: number; readonly requestsPerSecond: number }

/** The rounds of one scenario, in the order they ran: minimal, gateway, minimal, gateway, … */
export type Measured = {
  readonly id: string
  readonly title: string
  readonly minimal: readonly Round[]
  readonly gateway: readonly Round[]
}

type Summary = {
  readonly id: string
  readonly title: string
  readonly minimal_us: number
  readonly gateway_us: number | null
  readonly ratio: number | null
  /** Smallest and largest ratio of two rounds that ran one after the other. */
  readonly ratio_range: readonly [number, number] | null
  readonly minimal_rps: number
  readonly gateway_rps: number | null
  readonly rounds: { readonly minimal_us: readonly number[]; readonly gateway_us: readonly number[] }
}

/** Medians, the ratio of medians, and how far single pairs of rounds lie apart. */
export function summarize(measured: Measured): Summary {
  const { id, title, minimal, gateway } = measured
  const cost = (rounds: readonly Round[]) => rounds.map((round) => rounded(round.microsecondsPerRequest))
  const rate = (rounds: readonly Round[]) => Math.round(median(rounds.map((round) => round.requestsPerSecond)))
  const [minimalUs, gatewayUs] = [cost(minimal), cost(gateway)]
  const pairs = gatewayUs.map((value, index) => value / (minimalUs[index] ?? Number.NaN))
  const hasGateway = gateway.length > 0
  return {
    id,
    title,
    minimal_us: rounded(median(minimalUs)),
    gateway_us: hasGateway ? rounded(median(gatewayUs)) : null,
    ratio: hasGateway ? rounded(median(gatewayUs) / median(minimalUs)) : null,
    ratio_range: hasGateway ? [rounded(Math.min(...pairs)), rounded(Math.max(...pairs))] : null,
    minimal_rps: rate(minimal),
    gateway_rps: hasGateway ? rate(gateway) : null,
    rounds: { minimal_us: minimalUs, gateway_us: gatewayUs },
  }
}

/** The summaries as a table for a terminal. */
export function table(summaries: readonly Summary[]): string {
  const rows = summaries.map((summary) => [
    summary.title,
    String(summary.minimal_us),
    String(summary.gateway_us ?? '-'),
    summary.ratio === null ? '-' : `${summary.ratio} (${summary.ratio_range?.join(' to ')})`,
    String(summary.minimal_rps),
    String(summary.gateway_rps ?? '-'),
  ])
  const head = ['scenario', 'minimal µs', 'gateway µs', 'ratio (pairs)', 'minimal req/s', 'gateway req/s']
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)))
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('  '),
    )
    .join('\n')
}

/** Writes the run into bench/results and returns the file's path. */
export function writeResult(summaries: readonly Summary[], settings: object): string {
  const result = { ...origin('bench/proxy/run.ts'), ...settings, scenarios: summaries }
  const folder = join(import.meta.dirname, '..', 'results')
  const file = join(folder, `${result.at.slice(0, 10)}-proxy.json`)
  mkdirSync(folder, { recursive: true })
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`)
  return file
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100
}
