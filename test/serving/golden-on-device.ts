import { readFileSync } from 'node:fs'
import { routers } from '../../routers/index.ts'
import type { Tensors } from '../../src/core/ports.ts'
import { agreement } from '../../src/platform/node/inference/agreement.ts'
import { createInference } from '../../src/platform/node/inference-onnx.ts'
import { createStore, digest } from '../../src/platform/node/ports.ts'
import { signals, target } from '../contract/describe-router.ts'

// The golden prompts on the device named by the argument, in a process of its own: a driver is found through the
// environment that a process starts with. Prints one line of JSON.

type Golden = { cases: { prompt: string; predictions: Record<string, { quality: number }> }[] }
const golden: Golden = JSON.parse(readFileSync(new URL('../../routers/clusters/golden.json', import.meta.url), 'utf8'))

const [, , device = 'auto'] = process.argv
const log: unknown[] = []
const real = createInference({ log: (level, event, fields) => void log.push({ level, event, ...fields }) })
const asked: Tensors[] = []
const given: Tensors[] = []
let runTogether: ((inputs: readonly Tensors[]) => Promise<readonly Tensors[]>) | undefined
const clusters = routers.get('clusters')
if (clusters === undefined) throw new Error('There is no router clusters.')
const router = await clusters.open(clusters.settings.parse({ device }), {
  createStore,
  digest,
  inference: {
    ...real,
    async open(model, options) {
      const session = await real.open(model, options)
      runTogether = (inputs) => Promise.all(inputs.map((input) => session.run(input)))
      return {
        get device() {
          return session.device
        },
        async run(inputs, signal) {
          const outputs = await session.run(inputs, signal)
          asked.push(inputs)
          given.push(outputs)
          return outputs
        },
      }
    },
  },
})

const predictions: { prompt: string; model: string; quality: number; expected: number }[] = []
for (const { prompt, predictions: expected } of golden.cases) {
  const models = Object.entries(expected)
  const { predictions: said } = await router.predict({
    signals: signals(prompt),
    candidates: models.map(([id]) => target(id)),
    signal: new AbortController().signal,
  })
  for (const [index, [model, { quality }]] of models.entries()) {
    predictions.push({ prompt, model, quality: said[index]?.quality ?? -1, expected: quality })
  }
}

const reference = createInference()
const onCpu = await reference.open(new URL('../../routers/clusters/weights/encoder.onnx', import.meta.url), {
  device: 'cpu',
})
const cosines: number[] = []
for (const [index, inputs] of asked.entries()) {
  cosines.push(agreement(given[index] ?? {}, await onCpu.run(inputs)))
}
// Asked at once, they become one batch where the device has shown that it can do that.
const three = asked.slice(1, 4)
const together: number[] = []
for (const [index, outputs] of ((await runTogether?.(three)) ?? []).entries()) {
  together.push(agreement(outputs, await onCpu.run(three[index] ?? {})))
}
console.log(JSON.stringify({ together, device: router.device, log, runs: given.length, cosines, predictions }))
await Promise.all([real.close(), reference.close()])
