import { routers } from '../../../../routers/index.ts'
import { commonPart } from '../../../eval/outcomes.ts'
import { createInference } from '../inference-onnx.ts'
import { digest } from '../ports.ts'
import { DataProblem, findDataSets, readOutcomes } from '../read-outcomes.ts'
import { evaluateSet, type SetOptions, type SetResult } from './evaluate-set.ts'
import { printSet, publicShape } from './print-evaluation.ts'
import type { ExitStatus } from './program.ts'

type EvalOptions = SetOptions & {
  readonly data: string
  readonly router: string
  readonly json?: boolean
}

/** `thalamus eval`: a router against the baselines, on outcomes that are known. */
export async function evalCommand(options: EvalOptions): Promise<ExitStatus> {
  const definition = routers.get(options.router)
  if (definition === undefined) {
    process.stderr.write(
      `error: there is no router "${options.router}". The routers are ${[...routers.keys()].join(', ')}.\n`,
    )
    return 2
  }
  const inference = createInference()
  try {
    const folders = findDataSets(options.data)
    const router = await definition.open(definition.settings.parse({}), { inference, createStore: keepNothing, digest })
    const sets: SetResult[] = []
    for (const folder of folders) {
      process.stderr.write(`${folder} …\n`)
      const results = await evaluateSet(commonPart(readOutcomes(folder)), router, options)
      sets.push(...results)
      if (options.json !== true) results.forEach(printSet)
    }
    if (options.json === true) process.stdout.write(`${JSON.stringify({ sets: sets.map(publicShape) }, null, 2)}\n`)
    await router.close()
    return 0
  } catch (thrown) {
    if (!(thrown instanceof DataProblem)) throw thrown
    process.stderr.write(`error: ${thrown.message}\n`)
    return 1
  } finally {
    await inference.close()
  }
}

/** A prompt that is read again must cost what it costs, or the latencies would be of the cache. */
const keepNothing = () => ({ get: () => undefined, set: () => undefined })
