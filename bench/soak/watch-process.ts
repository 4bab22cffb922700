import { readdirSync } from 'node:fs'
import { cpuMicroseconds, residentKilobytes } from '../proxy/processes.ts'

/** A look at the gateway's process. */
export type Sample = {
  /** Since the watch began. */
  readonly seconds: number
  readonly rssMb: number
  readonly descriptors: number
  /** Of one core, 0..1, since the last look. */
  readonly cpu: number
}

/** Looks at a process every `everyMs` until stopped. */
export function watchProcess(pid: number, everyMs: number): { readonly samples: readonly Sample[]; stop(): void } {
  const samples: Sample[] = []
  const startedAt = performance.now()
  let last = { at: startedAt, cpu: cpuMicroseconds(pid) }
  const timer = setInterval(() => {
    const now = { at: performance.now(), cpu: cpuMicroseconds(pid) }
    samples.push({
      seconds: (now.at - startedAt) / 1_000,
      rssMb: residentKilobytes(pid) / 1_024,
      descriptors: readdirSync(`/proc/${pid}/fd`).length,
      cpu: (now.cpu - last.cpu) / 1_000 / (now.at - last.at),
    })
    last = now
  }, everyMs)
  return { samples, stop: () => clearInterval(timer) }
}

/**
 * Slope of `values` against `at` by least squares, and half of its 95 % interval. Neighbouring samples are alike, so the
 * residuals of blocks stand for the error, and not those of single samples.
 */
export function slopeOf(
  at: readonly number[],
  values: readonly number[],
): { readonly slope: number; readonly margin: number } {
  const mean = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0) / list.length
  const blocks = 20
  const size = Math.max(1, Math.floor(at.length / blocks))
  const blocked = (list: readonly number[]) =>
    Array.from({ length: Math.floor(list.length / size) }, (_, index) =>
      mean(list.slice(index * size, (index + 1) * size)),
    )
  const [x, y] = [blocked(at), blocked(values)]
  const [meanX, meanY] = [mean(x), mean(y)]
  const sxx = x.reduce((sum, value) => sum + (value - meanX) ** 2, 0)
  const slope = x.reduce((sum, value, index) => sum + (value - meanX) * ((y[index] ?? 0) - meanY), 0) / sxx
  const squares = x.reduce((sum, value, index) => sum + ((y[index] ?? 0) - meanY - slope * (value - meanX)) ** 2, 0)
  // Student's t for 18 degrees of freedom.
  return { slope, margin: 2.1 * Math.sqrt(squares / Math.max(1, x.length - 2) / sxx) }
}
