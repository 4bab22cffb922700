import { fileURLToPath } from 'node:url'
import type { Inference, InferenceOpenOptions, InferenceSession, Log, Tensors } from '../../core/ports.ts'
import { chooseDevice, type DeviceReport } from './inference/choose-device.ts'
import { keepLibraryQuiet } from './inference/keep-quiet.ts'
import { createLocalModels } from './inference/local-models.ts'
import { openLocalSession } from './inference/local-session.ts'
import { createOpenInferenceClient, type OpenInferenceClient } from './inference/open-inference.ts'
import { probeDevice } from './inference/probe-device.ts'
import { openRemoteSession } from './inference/remote-session.ts'
import { surroundings } from './inference/surroundings.ts'

export type InferenceOptions = {
  readonly log?: Log
  /** Runs that may wait; one more is refused at once. */
  readonly maxQueued?: number
  /** Threads of one run. More than one helps a lone request and hurts all others. */
  readonly threads?: number
  /** How often a thread that died is replaced before its sessions fail for good. */
  readonly maxRestarts?: number
  /** Try every device at `open`, also those nobody asked for: for a report. */
  readonly triesAll?: boolean
  /** Never call a server; the CPU here stands in for it. */
  readonly isOffline?: boolean
  /** The worker's script, for tests. */
  readonly script?: URL
}

export type NodeInference = Inference & {
  /** What became of each device at the last `open`, and of the server. */
  devices(): readonly DeviceReport[]
}

/** Longest time a device may take over the golden inputs at the start. Who names one may have to wait for its compiler. */
const MAX_PROBE_MS = 20_000
const MAX_NAMED_PROBE_MS = 120_000

/**
 * ONNX models run by onnxruntime-node in one worker thread, which starts with the first `open`, or by a server. A
 * device is used only once it has proved itself in a process of its own; what was asked for and is not used is one
 * line of the log.
 */
export function createInference(options: InferenceOptions = {}): NodeInference {
  keepLibraryQuiet()
  const { log = () => undefined, maxQueued = 64, threads = 1, maxRestarts = 1 } = options
  const script = options.script ?? new URL('./inference-thread.ts', import.meta.url)
  const models = createLocalModels({ maxQueued, threads, maxRestarts, script })
  const clients: OpenInferenceClient[] = []
  let reports: () => readonly DeviceReport[] = () => []

  async function openLocal(path: string, { device: asked, golden = [] }: InferenceOpenOptions) {
    if (asked === 'cpu' && options.triesAll !== true) return openLocalSession({ models, path, maxQueued, log })
    const choice = await chooseDevice({
      asked,
      path,
      threads,
      golden,
      around: surroundings(await models.devices()),
      triesAll: options.triesAll === true,
      probe: (question) => probeDevice(question, { maxMs: question.mustBeatCpu ? MAX_PROBE_MS : MAX_NAMED_PROBE_MS }),
    })
    const { device, batches } = choice
    const refused = choice.reports.flatMap(({ device: name, reason }) => (reason === undefined ? [] : [[name, reason]]))
    const isMissed = asked !== 'auto' && asked !== device
    if (asked !== 'cpu')
      log(isMissed ? 'warn' : 'info', 'router_device', { asked, device, refused: Object.fromEntries(refused) })
    const session = await openLocalSession({ models, path, device, batches, maxQueued, log })
    const onCpu = options.triesAll === true ? [await cpuReport(path, golden)] : []
    reports = () => [...onCpu, ...choice.reports]
    return session
  }

  async function cpuReport(path: string, golden: readonly Tensors[]): Promise<DeviceReport> {
    const { run } = await openLocalSession({ models, path, maxQueued, log })
    for (const input of golden) await run(input)
    const startedAt = performance.now()
    for (const input of golden) await run(input)
    return { device: 'cpu', runs: true, ms: (performance.now() - startedAt) / Math.max(1, golden.length) }
  }

  async function openRemote(path: string, { golden = [], remote }: InferenceOpenOptions): Promise<InferenceSession> {
    if (remote === undefined) throw new Error('The device is remote and no server is configured (router.remote).')
    const { run: local } = await openLocalSession({ models, path, maxQueued, log })
    if (options.isOffline === true) {
      reports = () => [{ device: 'remote', runs: false, isUntried: true, reason: 'not called without --live' }]
      return { device: 'cpu', run: local }
    }
    const client = createOpenInferenceClient(remote)
    clients.push(client)
    const session = await openRemoteSession({
      client,
      remote,
      local,
      golden,
      maxQueued,
      log,
      now: () => performance.now(),
    })
    reports = () => [remoteReport(session.problem())]
    return session
  }

  return {
    open(model, asked) {
      const path = fileURLToPath(model)
      return asked.device === 'remote' ? openRemote(path, asked) : openLocal(path, asked)
    },
    devices: () => reports(),
    async close() {
      await Promise.all([models.close(), ...clients.map((client) => client.close())])
    },
  }
}

function remoteReport(problem: string | undefined): DeviceReport {
  if (problem === undefined) return { device: 'remote', runs: true }
  const remedy = 'Start the server, check router.remote.url and model, or use another device.'
  return { device: 'remote', runs: false, reason: problem, remedy }
}
