import { spawn } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openGateway } from '../../src/platform/node/cli/open-gateway.ts'
import { serve } from '../../src/platform/node/serve.ts'

const WAVES = fileURLToPath(new URL('waves.ts', import.meta.url))

export type GatewayWaves = {
  /** Sends the prompts in waves; resolves with how many decisions were made without the router. */
  run(prompts: readonly string[], size: number): Promise<number>
  close(): Promise<void>
}

/** A whole gateway in this process, on a real socket, for decisions of the router on the device. */
export async function startGatewayWaves(router: string, device: string): Promise<GatewayWaves> {
  const config = join(mkdtempSync(join(tmpdir(), 'thalamus-bench-')), 'thalamus.yaml')
  // No decision shall be late: what is measured is the loop, not the deadline.
  const routed = `router: { use: ${router}, device: ${device}, deadline_ms: 60000 }`
  writeFileSync(
    config,
    `providers: { up: { base_url: "http://127.0.0.1:9/v1" } }\nmodels: [up/a, up/b, up/c]\n${routed}\n`,
  )
  const opened = await openGateway({ config, log: () => undefined, needsUpstream: false })
  if ('problems' in opened) throw new Error(JSON.stringify(opened.problems))
  const server = await serve(opened.gateway, { host: '127.0.0.1', port: 0 })
  return {
    run: (prompts, size) => load(server.url, prompts, size),
    async close() {
      await server.close(0)
      await opened.close()
    },
  }
}

function load(url: string, prompts: readonly string[], size: number): Promise<number> {
  const child = spawn(process.execPath, [WAVES, url, String(size)], { stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.end(JSON.stringify(prompts))
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (status) => {
      if (status === 0) resolve(Number(JSON.parse(output).missed))
      else reject(new Error(`The load ended with ${status}: ${output}`))
    })
  })
}
