import type { Tensors } from '../../../core/ports.ts'
import { absence, DEVICES, type Device, isDevice, REMEDIES, type Surroundings } from './devices.ts'
import type { ProbeAnswer, ProbeQuestion } from './probe-exchange.ts'

/** What became of one device. */
export type DeviceReport = {
  readonly device: string
  readonly runs: boolean
  /** Nobody tried: nothing is known of it. */
  readonly isUntried?: boolean
  /** Why it is not used, or that it is not. */
  readonly reason?: string
  readonly remedy?: string
  /** Milliseconds of a warm run, the mean over the golden inputs. */
  readonly ms?: number
  /** The least cosine between its outputs and the CPU's. */
  readonly cosine?: number
  /** Whether inputs run together give what they give alone. */
  readonly batches?: boolean
}

export type DeviceChoice = {
  readonly device: string
  readonly batches: boolean
  readonly reports: readonly DeviceReport[]
}

export type ChooseOptions = {
  /** `auto`, `cpu` or a device's name. */
  readonly asked: string
  readonly path: string
  readonly threads: number
  readonly golden: readonly Tensors[]
  readonly around: Surroundings
  /** Try every device, the unwanted ones too: for a report. */
  readonly triesAll: boolean
  readonly probe: (question: ProbeQuestion) => Promise<ProbeAnswer>
}

/**
 * The least cosine at which a device counts as giving the same embedding. Float kernels round differently before each
 * int8 quantisation: WebGPU gave 1.0000 on the golden inputs and .9997 on a string of random tokens. A wrong kernel is
 * far below.
 */
export const LEAST_COSINE = 0.995

/** The device to use: what was asked for where it proves itself on the golden inputs, and the CPU otherwise. */
export async function chooseDevice(options: ChooseOptions): Promise<DeviceChoice> {
  const { asked, around, triesAll } = options
  const candidates = DEVICES.filter((device) =>
    asked === 'auto' || triesAll ? around.supported.includes(device) || asked === device : asked === device,
  )
  const reports: DeviceReport[] = []
  let chosen: DeviceReport | undefined
  for (const device of candidates) {
    if (chosen !== undefined && !triesAll) break
    const report = await tryDevice(device, options)
    reports.push(report)
    if (report.runs && chosen === undefined && (asked === 'auto' || asked === device)) chosen = report
  }
  if (asked !== 'auto' && asked !== 'cpu' && !isDevice(asked)) {
    reports.push({ device: asked, runs: false, reason: 'there is no such device' })
  }
  return { device: chosen?.device ?? 'cpu', batches: chosen?.batches ?? false, reports }
}

async function tryDevice(device: Device, options: ChooseOptions): Promise<DeviceReport> {
  const { asked, path, threads, golden, around } = options
  const refuse = (reason: string, measured: Partial<DeviceReport> = {}): DeviceReport => ({
    ...measured,
    device,
    runs: false,
    reason,
    remedy: REMEDIES[device],
  })
  const missing = absence(device, around)
  if (missing !== undefined) return refuse(missing)
  // Whoever names a device gets it; `auto` wants the better of the two.
  const mustBeatCpu = asked !== device
  const answer = await options.probe({ path, device, threads, golden, mustBeatCpu })
  if (answer.type === 'failed') return refuse(withoutSource(answer.reason))
  const { ms, cpuMs } = answer
  const isSlower = `it is slower than the CPU (${ms.toFixed(1)} ms a run, ${cpuMs.toFixed(1)} there)`
  if (answer.type === 'slow') return refuse(isSlower, { ms })
  const { cosine } = answer
  const batches = (answer.batchCosine ?? -1) >= LEAST_COSINE
  const measured = { ms, cosine, batches }
  if (cosine < LEAST_COSINE) return refuse(`its outputs are not the CPU's (cosine ${cosine.toFixed(4)})`, measured)
  if (mustBeatCpu && ms > cpuMs) return refuse(isSlower, measured)
  return { device, runs: true, ...measured }
}

const MAX_REASON = 300

/** The first line of a reason, without the file, line and condition that onnxruntime begins with. */
function withoutSource(reason: string): string {
  const line = reason.split('\n')[0] ?? ''
  return line.replace(/^\S*onnxruntime_src.*? was false\. /, '').slice(0, MAX_REASON)
}
