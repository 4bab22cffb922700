import { dirname, resolve } from 'node:path'
import { routers } from '../../../../routers/index.ts'
import type { buildSnapshot } from '../../../config/build-snapshot.ts'
import { SIMULATED_POOL } from '../../../config/catalog.ts'
import type { Config } from '../../../config/config-schema.ts'
import { configSchema } from '../../../config/config-schema.ts'
import type { Problem } from '../../../config/problem.ts'
import { readOtlp } from '../../../config/read-otlp.ts'
import { DISPATCH_DEFAULTS } from '../../../core/dispatch-settings.ts'
import type { Log } from '../../../core/ports.ts'
import type { Snapshot } from '../../../core/snapshot.ts'
import type { Gateway } from '../../../gateway.ts'
import { createGateway } from '../../../gateway.ts'
import { providers } from '../../../providers/index.ts'
import { builtInSnapshot } from '../../web/built-in-snapshot.ts'
import { certificateProblems } from '../check-certificates.ts'
import { discover } from '../discover.ts'
import type { DeviceReport } from '../inference/choose-device.ts'
import { createInference } from '../inference-onnx.ts'
import { learnedFile } from '../learned-file.ts'
import { openLogFile } from '../log-file.ts'
import { ledgerOf } from '../open-ledger.ts'
import { startOtlp } from '../otlp/start-otlp.ts'
import { policiesFolder, readPolicyFiles } from '../policies-folder.ts'
import { createNodePorts } from '../ports.ts'
import type { OnBroken } from '../profiles-folder.ts'
import { profilesFolder, readProfiles } from '../profiles-folder.ts'
import { createSecrets } from '../secrets.ts'
import { findConfig } from './find-config.ts'
import { openCounters, openPeers, readStore, sharedBlobsIn } from './open-store.ts'
import { VERSION } from './version.ts'

/** Where the models come from. */
export type Origin =
  | { readonly type: 'config'; readonly path: string }
  | { readonly type: 'discovered' }
  | { readonly type: 'simulator' }

export type Opened = {
  readonly gateway: Gateway
  /** Says things where the configuration wants them, besides where it was told to. */
  readonly log: Log
  /** With what the command line says about listening. */
  readonly config: Config
  /** As it stands in the file. */
  readonly writtenConfig: Config
  readonly snapshot: Snapshot
  readonly origin: Origin
  /** What became of each device that was tried for the router. */
  readonly devices: readonly DeviceReport[]
  /** The folder of the models' profiles; it need not exist. */
  readonly profiles: string
  /** The folder of the operator's policies; it need not exist. */
  readonly policies: string
  close(): Promise<void>
}

export type OpenOptions = {
  readonly config: string | undefined
  readonly log: Log
  /** False where only decisions are wanted: then nothing has to answer. */
  readonly needsUpstream: boolean
  readonly listening?: Listening
  /** Lines of the log that were dropped so far. */
  readonly droppedLines?: () => number
  /** Whether decisions and usage go to the files that the configuration names: one process at a time writes there. */
  readonly logsDecisions?: boolean
  /** Whether what keys use is counted in the store that the configuration names, if it does. */
  readonly sharesCounters?: boolean
  /** Find out about every device, and call the router's server only when `needsUpstream`. */
  readonly inspectsDevices?: boolean
  /** Every question reaches its model: none rests, and none is asked in another's place. */
  readonly isMeasuring?: boolean
  /** Go on without profiles whose files are broken, and be told of them. Without it they keep the gateway from opening. */
  readonly onBrokenProfile?: OnBroken
}

/** Where to listen, as far as the command line says. */
export type Listening = { readonly host?: string; readonly port?: number }

function restingNobody(snapshot: Snapshot): Snapshot {
  const dispatch = snapshot.dispatch ?? DISPATCH_DEFAULTS
  return {
    ...snapshot,
    dispatch: { ...dispatch, hedge: undefined, breaker: { ...dispatch.breaker, isEnabled: false } },
  }
}

/** A gateway from the configuration, from what this machine offers, or from the simulator. Opens all of it or nothing. */
export async function openGateway(options: OpenOptions): Promise<Opened | { readonly problems: readonly Problem[] }> {
  const source = await findSource(options)
  if ('problems' in source) return source
  const { origin, closeSource } = source
  const config = withListening(source.config, options.listening ?? {})
  const profiles = profilesFolder(origin.type === 'config' ? origin.path : undefined)
  const policies = policiesFolder(origin.type === 'config' ? origin.path : undefined)
  const built = await snapshotOf(config, { profiles, policies }, options.onBrokenProfile)
  if ('problems' in built) {
    await closeSource()
    return built
  }
  const secrets = createSecrets(process.env, config.secrets_dir)
  const store = readStore(config.store, secrets)
  if (store !== undefined && 'problems' in store) {
    await closeSource()
    return store
  }
  const { telemetry, timeouts } = config
  const otlpSettings = readOtlp(telemetry, secrets)
  if (otlpSettings !== undefined && 'problems' in otlpSettings) {
    await closeSource()
    return otlpSettings
  }
  const decisionLog =
    options.logsDecisions === true ? await openLogFile(telemetry.decision_log, folderOf(origin)) : undefined
  if (decisionLog !== undefined && 'problems' in decisionLog) {
    await closeSource()
    return decisionLog
  }
  const ledger = options.logsDecisions === true ? await ledgerOf(config.ledger, folderOf(origin)) : undefined
  if (ledger !== undefined && 'problems' in ledger) {
    await decisionLog?.file.close()
    await closeSource()
    return ledger
  }
  const { needsUpstream, inspectsDevices = false } = options
  const otlp = await startOtlp({
    settings: otlpSettings,
    version: VERSION,
    log: options.log,
    isServing: options.logsDecisions === true,
  })
  const { log } = otlp
  const counters = store === undefined || options.sharesCounters !== true ? undefined : await openCounters(store, log)
  const inference = createInference({ log, triesAll: inspectsDevices, isOffline: inspectsDevices && !needsUpstream })
  const ports = createNodePorts({
    inference,
    secrets,
    log,
    ledger,
    counters,
    sharedBlobs: counters === undefined || store === undefined ? undefined : await sharedBlobsIn(store, log),
    peers: counters === undefined || store === undefined ? undefined : await openPeers(store, log),
    connectMs: timeouts.connect_ms,
  })
  const { file } = config.learning
  const gateway = await createGateway({
    snapshot: options.isMeasuring === true ? restingNobody(built.snapshot) : built.snapshot,
    ports,
    routers,
    isTracing: otlp.isTracing,
    streams: otlp.streams,
    decisionLog,
    dropped: () => ({ log: options.droppedLines?.() ?? 0, traces: 0, ...otlp.dropped() }),
    isLedgerRequired: config.ledger?.on_failure === 'closed',
    learnedFile: file === undefined ? undefined : learnedFile(resolve(folderOf(origin), file)),
  })
  await otlp.measure(gateway.metrics)
  return {
    gateway,
    log,
    config,
    writtenConfig: source.config,
    snapshot: built.snapshot,
    origin,
    devices: inference.devices(),
    profiles,
    policies,
    async close() {
      await gateway.close()
      await closeSource()
      await otlp.close()
    },
  }
}

/** Where paths of a configuration start. */
function folderOf(origin: Origin): string {
  return origin.type === 'config' ? dirname(resolve(origin.path)) : process.cwd()
}

/** A configuration with the command line's words on where to listen, so that every check sees the real address. */
export function withListening(config: Config, { host, port }: Listening): Config {
  const { server } = config
  return { ...config, server: { ...server, host: host ?? server.host, port: port ?? server.port } }
}

/** Folders beside a configuration; they need not exist. */
export type Folders = { readonly profiles?: string; readonly policies?: string }

/** The snapshot of a configuration, with this machine's secrets, the models' profiles and the operator's policies. */
export async function snapshotOf(
  config: Config,
  { profiles, policies }: Folders = {},
  onBroken?: OnBroken,
): ReturnType<typeof buildSnapshot> {
  const policyFiles = policies === undefined ? { policies: [] } : readPolicyFiles(policies)
  if ('problems' in policyFiles) return policyFiles
  const secrets = createSecrets(process.env, config.secrets_dir)
  const built = await builtInSnapshot(config, { routers: routers.keys(), secrets, policyFiles: policyFiles.policies })
  if ('problems' in built) return built
  const unusable = certificateProblems(built.snapshot)
  if (unusable.length > 0) return { problems: unusable }
  if (profiles === undefined) return built
  const read = readProfiles(profiles, built.snapshot.targets, onBroken)
  return 'problems' in read ? read : { snapshot: { ...built.snapshot, onboarded: read.profiles } }
}

type Source = { readonly config: Config; readonly origin: Origin; closeSource(): Promise<void> }

const nothingToClose = (): Promise<void> => Promise.resolve()

async function findSource(options: OpenOptions): Promise<Source | { readonly problems: readonly Problem[] }> {
  const found = findConfig(options.config)
  if (found.type === 'invalid') return { problems: found.problems }
  if (found.type === 'found') {
    return { config: found.config, origin: { type: 'config', path: found.path }, closeSource: nothingToClose }
  }
  const discovered = await discover(providers, process.env)
  if (Object.keys(discovered.providers).length > 0) {
    const config = configSchema.parse(discovered)
    return { config, origin: { type: 'discovered' }, closeSource: nothingToClose }
  }
  return simulated(options.needsUpstream)
}

/** The embedded default: catalogue models with their facts and profiles, answered by the simulator. */
async function simulated(needsUpstream: boolean): Promise<Source> {
  const { startSimulator } = await import('../simulate.ts')
  const simulator = needsUpstream ? await startSimulator({ host: '127.0.0.1', port: 0 }) : undefined
  const config = configSchema.parse({
    providers: { simulated: { base_url: `${simulator?.url ?? 'http://127.0.0.1:9'}/v1` } },
    models: SIMULATED_POOL.map((id) => `simulated/${id}`),
  })
  return { config, origin: { type: 'simulator' }, closeSource: async () => simulator?.close() }
}
