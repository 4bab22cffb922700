import { afterEach, expect, test } from 'vitest'
import type { PlacedGuard } from '../../src/core/guard.ts'
import type { CaptureUpstream } from './capture-upstream.ts'
import { chunk, startCaptureUpstream } from './capture-upstream.ts'
import { pii } from './guarded-call.ts'
import type { TestGateway } from './start-gateway.ts'
import { eventually, post, snapshotOf, startGateway } from './start-gateway.ts'

// Guards that come and go while calls are under way.

let upstream: CaptureUpstream | undefined
let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
})

const EMAIL = 'jane@example.org'
const GUARDS: readonly (readonly PlacedGuard[])[] = [[], [pii({ restore: true })], [pii({ action: 'block' })]]

test('guards that are reloaded under load lose no call, and each keeps those it began with to its end', async () => {
  const waiting: (() => void)[] = []
  upstream = await startCaptureUpstream((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(chunk('to [EMA'))
    waiting.push(() => response.end(`${chunk('IL_1] now', 'stop')}data: [DONE]\n\n`))
  })
  const options = { models: ['m'], upstream: upstream.url }
  gateway = await startGateway({ ...options, guards: [] })
  const { url } = gateway
  const requests = (): number => upstream?.requests.length ?? 0
  const goOn = (): void => {
    for (const one of waiting.splice(0)) one()
  }

  type Begun = {
    readonly round: number
    readonly name: string
    readonly answer: Promise<readonly [number, string, string]>
  }
  const begun: Begun[] = []
  const begin = (round: number, index: number): void => {
    const name = `call ${round}/${index}:`
    const content = `${name} ${EMAIL}`
    const answer = post(url, { model: 'up/m', stream: true, messages: [{ role: 'user', content }] }).then(
      async (response) =>
        [response.status, response.headers.get('x-route-guards') ?? '', await response.text()] as const,
    )
    begun.push({ round, name, answer })
  }

  for (let round = 0; round < 12; round += 1) {
    const guards = GUARDS[round % GUARDS.length] ?? []
    await gateway.gateway.replaceSnapshot(snapshotOf({ ...options, guards }))
    const before = requests()
    for (let index = 0; index < 8; index += 1) begin(round, index)
    if (round % GUARDS.length === 2) await Promise.all(begun.slice(-8).map((one) => one.answer))
    else await eventually('all are under way', () => requests() === before + 8)
    // Those that wait end under other guards than they began with.
    if (round % 2 === 1) goOn()
  }
  goOn()

  for (const { round, name, answer } of begun) {
    const [status, told, text] = await answer
    const said = [...text.matchAll(/"content":"([^"]*)"/g)].map(([, piece]) => piece).join('')
    const sent = upstream.requests
      .filter(({ body }) => body.toString().includes(name))
      .map(({ body }) => body.toString())
    const kind = round % GUARDS.length
    if (kind === 2) {
      expect([name, status, sent.length]).toEqual([name, 400, 0])
      continue
    }
    expect([name, status, told]).toEqual([name, 200, kind === 0 ? '' : 'pii;where=request;action=redact;count=1'])
    expect([said, text.endsWith('data: [DONE]\n\n')]).toEqual([
      kind === 0 ? 'to [EMAIL_1] now' : `to ${EMAIL} now`,
      true,
    ])
    expect(sent).toHaveLength(1)
    expect(sent[0]?.includes('jane')).toBe(kind === 0)
  }
})
