// A closed loop for machines without wrk. Prints {"requests", "failures"}.
// node bench/proxy/load-undici.ts URL BODY_FILE CONNECTIONS SECONDS
import { readFileSync } from 'node:fs'
import { Pool } from 'undici'

const [url = '', bodyFile = '', connections = '1', seconds = '1'] = process.argv.slice(2)
const { origin, pathname } = new URL(url)
const body = readFileSync(bodyFile)
const pool = new Pool(origin, { connections: Number(connections), pipelining: 1 })
const end = performance.now() + Number(seconds) * 1_000
let requests = 0
let failures = 0

async function loop(): Promise<void> {
  while (performance.now() < end) {
    try {
      const headers = { 'content-type': 'application/json' }
      const response = await pool.request({ path: pathname, method: 'POST', headers, body })
      await response.body.dump({ limit: 1_000_000 })
      if (response.statusCode === 200) requests += 1
      else failures += 1
    } catch {
      // Counted: a run with failures is refused by the caller.
      failures += 1
    }
  }
}

await Promise.all(Array.from({ length: Number(connections) }, loop))
process.stdout.write(JSON.stringify({ requests, failures }))
await pool.destroy()
