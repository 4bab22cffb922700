// The least that a proxy on node:http and undici does: the yardstick for the gateway's pass-through path.
// node bench/proxy/minimal-proxy.ts UPSTREAM_ORIGIN PORT
import type { ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { Dispatcher } from 'undici'
import { Pool } from 'undici'

const [origin = '', port = '0'] = process.argv.slice(2)
const pool = new Pool(origin, { connections: 1_024, pipelining: 1, allowH2: false, headersTimeout: 0, bodyTimeout: 0 })

createServer((incoming, outgoing) => {
  if (incoming.method !== 'POST') {
    outgoing.end('{"status":"ok"}')
    return
  }
  const chunks: Buffer[] = []
  incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
  incoming.on('end', () => {
    const [only] = chunks
    const body = chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks)
    const { model } = JSON.parse(body.toString())
    if (typeof model !== 'string') {
      outgoing.writeHead(400).end()
      return
    }
    const headers = { 'content-type': 'application/json' }
    pool.dispatch({ path: incoming.url ?? '/', method: 'POST', headers, body }, forwardTo(outgoing))
  })
}).listen(Number(port), '127.0.0.1')

/** What arrives in one turn of the event loop leaves as one write; a write per chunk doubles the cost of a burst. */
function forwardTo(outgoing: ServerResponse): Dispatcher.DispatchHandler {
  let pending: Buffer[] = []

  function flush(): void {
    const chunks = pending
    pending = []
    const [only] = chunks
    if (only !== undefined) outgoing.write(chunks.length === 1 ? only : Buffer.concat(chunks))
  }

  return {
    onRequestStart(controller) {
      outgoing.on('close', () => {
        if (!outgoing.writableFinished) controller.abort(new Error('The client left.'))
      })
    },
    onResponseStart(_controller, status, headers) {
      const { 'content-type': type, 'content-length': length } = headers
      const sent: Record<string, string> = { 'content-type': String(type) }
      if (length !== undefined) sent['content-length'] = String(length)
      outgoing.writeHead(status, sent)
    },
    onResponseData(_controller, chunk) {
      pending.push(chunk)
      if (pending.length === 1) process.nextTick(flush)
    },
    onResponseEnd() {
      flush()
      outgoing.end()
    },
    onResponseError() {
      outgoing.destroy()
    },
  }
}
