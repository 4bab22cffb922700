import { GatewayError } from '../../../core/errors.ts'
import type { StreamPart } from '../../../core/stream-part.ts'
import type { Gateway } from '../../../gateway.ts'
import type { ProbeAnswer } from '../../../probes/grade.ts'
import type { Probe } from '../../../probes/probe.ts'
import { requestOf } from '../../../probes/request-of.ts'
import type { ProbeReply } from '../../../probes/run-probes.ts'

type AskOptions = { readonly maxTokens: number; readonly gateway: Gateway; readonly signal: AbortSignal }

/** One probe put to one model, through the gateway and to no other model. */
export async function askProbe(model: string, probe: Probe, options: AskOptions): Promise<ProbeReply> {
  const body = { ...requestOf(probe), model, max_completion_tokens: options.maxTokens }
  const parts = await options.gateway.ask(body, options.signal)
  const end = parts.findLast((part) => part.type === 'response-end')
  if (end?.finishReason === 'content-filter') {
    throw new GatewayError('upstream_rejected', 'The provider’s filter refused to answer.')
  }
  return {
    answer: answerOf(parts),
    isCut: end?.finishReason === 'length',
    usage: parts.findLast((part) => part.type === 'usage')?.usage,
  }
}

function answerOf(parts: readonly StreamPart[]): ProbeAnswer {
  const calls = new Map<number, { readonly name: string; argumentsText: string }>()
  let text = ''
  for (const part of parts) {
    if (part.type === 'text-delta') text += part.text
    if (part.type === 'tool-call-start') calls.set(part.index, { name: part.name, argumentsText: '' })
    if (part.type === 'tool-call-delta') {
      const call = calls.get(part.index)
      if (call !== undefined) call.argumentsText += part.argumentsText
    }
  }
  return { text, calls: [...calls.values()] }
}
