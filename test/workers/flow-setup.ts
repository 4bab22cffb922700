import { bundleWorker } from '../../scripts/bundle-worker.ts'
import { startWorker } from './start-worker.ts'

/** One Worker for all tests of the project: it holds the gateways of all of them. */
export default async function setup(): Promise<() => Promise<void>> {
  const entry = new URL('flow-worker.ts', import.meta.url).pathname
  const worker = await startWorker({
    code: await bundleWorker(entry),
    onLine: (line) => process.stderr.write(`workerd: ${line}\n`),
  })
  process.env['THALAMUS_FLOW_WORKERS'] = worker.url
  return () => worker.close()
}
