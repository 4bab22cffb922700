import type { RemoteModel, Secrets } from '../core/ports.ts'
import type { Config } from './config-schema.ts'
import type { Say } from './problem.ts'
import { readHeaders } from './read-headers.ts'
import { readSecret } from './read-secret.ts'

/** The server of `router.remote` with its secrets resolved; `undefined` where the router does not run on one. */
export function readRemote(router: Config['router'], secrets: Secrets, say: Say): RemoteModel | undefined {
  const { device, remote, deadline_ms: deadlineMs } = router
  if (remote === undefined) {
    if (device === 'remote')
      say('router.remote', 'missing', 'Say where the encoder is served: remote: { url: http://127.0.0.1:8000 }')
    return undefined
  }
  if (device !== 'remote') {
    say('router.remote', `not used with device: ${device}`, 'Write device: remote, or remove router.remote.')
    return undefined
  }
  const { username, password, search, hash } = new URL(remote.url)
  if (username !== '' || password !== '')
    say(
      'router.remote.url',
      'carries a user or a password',
      'Remove them and use key, or a header that is a reference.',
    )
  else if (search !== '' || hash !== '')
    say('router.remote.url', 'has a query or a fragment', 'End it before "?" or "#".')
  if (remote.timeout_ms >= deadlineMs) {
    const problem = `${remote.timeout_ms} ms leave the CPU no time before router.deadline_ms (${deadlineMs} ms)`
    say('router.remote.timeout_ms', problem, 'Make it smaller, or raise router.deadline_ms.')
  }
  const key = remote.key === undefined ? undefined : readSecret(remote.key, 'router.remote.key', secrets, say)
  const headers = readHeaders(remote.headers, 'router.remote.headers', secrets, say)
  return {
    url: remote.url.replace(/\/+$/, ''),
    model: remote.model,
    headers: key === undefined ? headers : { ...headers, authorization: `Bearer ${key}` },
    timeoutMs: remote.timeout_ms,
    maxConcurrent: remote.max_concurrent,
    maxBatch: remote.max_batch,
  }
}
