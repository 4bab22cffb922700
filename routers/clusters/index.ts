import type { Tensors } from '#core/ports.ts'
import { defineRouter, type Embedding, type Router } from '#core/router.ts'
import { createWordPiece } from '#core/word-piece.ts'
import heads from '../heads/heads.json' with { type: 'json' }
import { createHeadsRouter, type Encoded, type Verdict } from '../heads/heads-router.ts'
import { projectEmbedding } from '../heads/projected.ts'
import vocabulary from '../heads/vocab.json' with { type: 'json' }
import { clustersSettings } from './settings.ts'

const WARM_UP = 'Say: how many words, numbers (1, 2, 3) and signs does this sentence hold? '.repeat(8)
/** A device must embed these as the CPU does before it may serve: a short, a middling and a full input. */
const GOLDEN = [
  'What is the capital of Australia?',
  'Prove that there are infinitely many primes congruent to 3 modulo 4, and say where the argument fails for 1 modulo 4.',
  WARM_UP,
]
// About three kilobytes each.
const KEPT_VERDICTS = 2_048

/** A frozen encoder, clusters of prompts, and a profile a model that says how it does on each. */
export default defineRouter({
  id: 'clusters',
  settings: clustersSettings,
  runtimes: ['node'],
  async open(settings, { inference, createStore, digest }): Promise<Router> {
    if (inference === undefined) {
      throw new Error('This runtime runs no ONNX models. Use router.use: static, or auto.')
    }
    const tokenizer = createWordPiece(vocabulary.words.split('\n'), heads.limits)
    // Not a constant of the module: in workerd it has no URL, and the list of routers must load there.
    const encoder = new URL('./weights/encoder.onnx', import.meta.url)
    const session = await inference.open(encoder, {
      device: settings.device,
      golden: GOLDEN.map((text) => inputsOf(tokenizer.encode(text).ids)),
    })

    async function embed(text: string, signal?: AbortSignal): Promise<Embedding> {
      const { ids, truncated } = tokenizer.encode(text)
      const outputs = await session.run(inputsOf(ids), signal)
      const embedding = outputs['embedding']
      if (embedding?.type !== 'float32') throw new Error('The encoder gave no embedding.')
      return { vector: embedding.data, truncated }
    }

    async function encode(text: string, signal?: AbortSignal): Promise<Encoded> {
      const { vector, truncated } = await embed(text, signal)
      return { projected: projectEmbedding(vector), truncated }
    }

    const router = createHeadsRouter({
      name: 'clusters@1',
      device: () => session.device,
      encode,
      embed,
      store: createStore<Verdict>(KEPT_VERDICTS),
      digest,
    })
    // The first run of a session and of this code is several times slower than the next: not at a caller's cost.
    await encode(WARM_UP)
    return router
  },
})

function inputsOf(ids: readonly number[]): Tensors {
  const dims = [1, ids.length]
  return {
    input_ids: { type: 'int64', data: BigInt64Array.from(ids, BigInt), dims },
    attention_mask: { type: 'int64', data: new BigInt64Array(ids.length).fill(1n), dims },
  }
}
