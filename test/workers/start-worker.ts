import type { Readable } from 'node:stream'
import { Miniflare } from 'miniflare'

type Options = {
  /** One module. */
  readonly code: string
  readonly bindings?: Readonly<Record<string, unknown>>
  /** What stands in the namespace. */
  readonly values?: Readonly<Record<string, string>>
  /** Where the Durable Objects are kept from one Worker to the next; in memory when left out. */
  readonly persistTo?: string
  /** One line of what the Worker told its console. */
  readonly onLine?: (line: string) => void
}

type Puts = { put(name: string, value: string): Promise<void> }

export type RunningWorker = { readonly url: string; readonly port: number; close(): Promise<void> }

export const COMPATIBILITY = { compatibilityDate: '2026-07-01', compatibilityFlags: ['enable_request_signal'] }

/**
 * A Worker in real workerd, with a KV namespace and the Durable Objects that the gateway may use. On a socket of workerd's own,
 * without miniflare's proxy, which compresses and holds back.
 */
export async function startWorker({
  code,
  bindings = {},
  values = {},
  persistTo,
  onLine,
}: Options): Promise<RunningWorker> {
  const worker = new Miniflare({
    ...COMPATIBILITY,
    modules: [{ type: 'ESModule', path: 'worker.mjs', contents: code }],
    bindings: bindings as Record<string, never>,
    kvNamespaces: ['THALAMUS_KV'],
    durableObjects: { THALAMUS_COUNTERS: { className: 'KeyCounterObject', useSQLite: true } },
    ...(persistTo === undefined ? {} : { durableObjectsPersist: persistTo }),
    unsafeDirectSockets: [{ host: '0.0.0.0', port: 0 }],
    handleRuntimeStdio(stdout: Readable, stderr: Readable) {
      for (const stream of [stdout, stderr]) onLines(stream, (line) => onLine?.(line))
    },
  })
  await worker.ready
  // Its type is of a package that is not installed.
  const namespace = (await worker.getKVNamespace('THALAMUS_KV')) as unknown as Puts
  for (const [name, value] of Object.entries(values)) await namespace.put(name, value)
  const { port } = await worker.unsafeGetDirectURL()
  return { url: `http://127.0.0.1:${port}`, port: Number(port), close: () => worker.dispose() }
}

function onLines(stream: Readable, tell: (line: string) => void): void {
  let rest = ''
  stream.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) tell(line)
  })
}
