import { readFileSync, writeSync } from 'node:fs'
import type { Tensors } from '../../../core/ports.ts'
import { agreement } from './agreement.ts'
import { createSession, type OnnxSession } from './create-session.ts'
import { type ProbeAnswer, type ProbeQuestion, readQuestion } from './probe-exchange.ts'
import { splitTensors, stackTensors } from './stack-tensors.ts'

// Tries one device in a process of its own: a driver that crashes takes this process and not the gateway.
// The question comes on the standard input, the answer is one line on the standard output.

// A driver that computes on the CPU is hundreds of times slower; waiting for all of its answers would hold up a start.
const HOPELESS = 10

answer(await probe(readQuestion(readFileSync(0, 'utf8'))))

async function probe({ path, device, threads, golden, mustBeatCpu }: ProbeQuestion): Promise<ProbeAnswer> {
  try {
    const reference = await timed(await createSession({ path, device: 'cpu', threads }), golden)
    const session = await createSession({ path, device, threads })
    const { ms } = await timed(session, golden.slice(0, 1))
    if (mustBeatCpu && ms > HOPELESS * reference.ms) return { type: 'slow', ms, cpuMs: reference.ms }
    const given = await timed(session, golden)
    return {
      type: 'ran',
      cosine: least(given.outputs, reference.outputs),
      batchCosine: await batchCosine(session, golden, reference.outputs),
      ms: given.ms,
      cpuMs: reference.ms,
    }
  } catch (cause) {
    return { type: 'failed', reason: cause instanceof Error ? cause.message : String(cause) }
  }
}

/** The outputs, and the milliseconds of a run once it is warm: the mean over the inputs. */
async function timed(session: OnnxSession, inputs: readonly Tensors[]) {
  const outputs: Tensors[] = []
  for (const input of inputs) outputs.push(await session.run(input))
  const startedAt = performance.now()
  for (const input of inputs) await session.run(input)
  return { outputs, ms: (performance.now() - startedAt) / Math.max(1, inputs.length) }
}

/** `undefined` where a batch fails: the device is then used one input at a time. */
async function batchCosine(session: OnnxSession, golden: readonly Tensors[], reference: readonly Tensors[]) {
  try {
    return least(splitTensors(await session.run(stackTensors(golden)), golden.length), reference)
  } catch {
    return undefined
  }
}

function least(outputs: readonly Tensors[], reference: readonly Tensors[]): number {
  return Math.min(...reference.map((expected, index) => agreement(outputs[index] ?? {}, expected)))
}

function answer(found: ProbeAnswer): void {
  writeSync(1, `${JSON.stringify(found)}\n`)
}
