import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { JsonObject } from '../../src/core/json.ts'
import type { WireEvent } from '../../src/core/wire-format.ts'
import { encodeAwsEvents } from '../wire/aws-frames.ts'
import { expectValid } from '../wire/bedrock-rules.ts'
import { signatureProblem } from './verify-sigv4.ts'

export const AWS_KEY_ID = 'AKIAIOSFODNN7EXAMPLE'
export const AWS_SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'

/** What it answers with: a whole body, events of a stream, or a refusal. */
export type BedrockAnswer =
  | { readonly body: string }
  | { readonly events: readonly WireEvent[] }
  | { readonly status: number; readonly exception: string; readonly message: string }

export type BedrockCall = { readonly model: string; readonly stream: boolean; readonly body: JsonObject }

export type FakeBedrock = {
  /** Without a region: that of no host is us-east-1. */
  readonly url: string
  readonly calls: BedrockCall[]
  close(): Promise<void>
}

/** Bytes of one write: no event stands in one alone. */
const PIECE = 37

/**
 * A real server that does what Bedrock does before it asks a model: checks the signature and the conversation, and
 * answers in the service's own framing.
 */
export async function startFakeBedrock(answer: (call: BedrockCall) => BedrockAnswer): Promise<FakeBedrock> {
  const calls: BedrockCall[] = []
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const refusal = (status: number, exception: string, message: string): void => {
        outgoing.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': `${exception}:http://x/` })
        outgoing.end(JSON.stringify({ message }))
      }
      const body = Buffer.concat(chunks)
      const problem = problemOf(incoming, body)
      if (problem !== undefined) return refusal(403, 'InvalidSignatureException', problem)
      const found = /^\/model\/([^/]+)\/(converse|converse-stream)$/.exec(incoming.url ?? '')
      if (found === null) return refusal(404, 'UnknownOperationException', 'no such path')
      const call = {
        model: decodeURIComponent(found[1] ?? ''),
        stream: found[2] === 'converse-stream',
        body: JSON.parse(body.toString()) as JsonObject,
      }
      try {
        expectValid(call.body)
      } catch (thrown) {
        return refusal(400, 'ValidationException', String(thrown))
      }
      calls.push(call)
      const given = answer(call)
      if ('exception' in given) return refusal(given.status, given.exception, given.message)
      if ('events' in given) return void sendInPieces(outgoing, encodeAwsEvents(given.events))
      outgoing.writeHead(200, { 'content-type': 'application/json' })
      outgoing.end(given.body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    calls,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function problemOf({ method = '', url = '', headers }: IncomingMessage, body: Buffer): string | undefined {
  return signatureProblem({ method, path: url, headers, body }, { [AWS_KEY_ID]: AWS_SECRET }, Date.now())
}

async function sendInPieces(outgoing: ServerResponse, bytes: Uint8Array): Promise<void> {
  outgoing.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' })
  for (let start = 0; start < bytes.length; start += PIECE) {
    outgoing.write(bytes.slice(start, start + PIECE))
    await new Promise((resolve) => setImmediate(resolve))
  }
  outgoing.end()
}
