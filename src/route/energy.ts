import { exp, log2 } from '../core/portable-maths.ts'
import type { Facts } from '../core/target.ts'
import type { Columns } from './columns.ts'

// What an answer's tokens take, estimated as EcoLogits does (ecologits 0.11.3, impacts/llm.py; its method:
// https://ecologits.ai/latest/methodology/llm_inference/): a regression over measurements of the ML.ENERGY Leaderboard on
// H100 GPUs, the server around them, and the data centre. The prompt's own tokens are not counted there.

/** Watt-hours a token and GPU: `ALPHA · e^(BETA · batch) · active parameters in billions + GAMMA`. */
const GPU_ALPHA = 1.1665273170451914e-6
const GPU_BETA = -0.011205921025579175
const GPU_GAMMA = 4.052928146734005e-5
/** Seconds a token: `ALPHA · active parameters in billions + BETA · batch + GAMMA`. */
const PACE_ALPHA = 0.0006785088094353663
const PACE_BETA = 0.0003119310311688259
const PACE_GAMMA = 0.019473717579473387

/** Requests that a server works on at once. */
const BATCH = 64
const BYTES_A_PARAMETER = 2
const MEMORY_OVERHEAD = 1.2
const GPU_GIGABYTES = 80
const SERVER_GPUS = 8
/** Without its GPUs. */
const SERVER_WATTS = 1_200
/** Power usage effectiveness of the data centre: the highest that EcoLogits has for a provider. */
const PUE = 1.2

/**
 * Watt-hours for one token of an answer: as measured where the facts say so, else estimated from the size. `undefined`
 * where the size is unknown. A mixture of experts whose active part is unknown counts whole.
 */
export function energyPerToken(facts: Facts): number | undefined {
  const { energy_wh_per_1k_tokens: measured, params_b: all, active_params_b: active = all } = facts
  if (measured !== undefined) return measured / 1_000
  if (active === undefined) return undefined
  const gpus = gpusFor(all ?? active)
  const gpuWattHours = GPU_ALPHA * exp(GPU_BETA * BATCH) * active + GPU_GAMMA
  const seconds = PACE_ALPHA * active + PACE_BETA * BATCH + PACE_GAMMA
  const serverWattHours = ((seconds / 3_600) * SERVER_WATTS * (gpus / SERVER_GPUS)) / BATCH
  return PUE * (serverWattHours + gpus * gpuWattHours)
}

/** The same of a list of candidates, by place. NaN is unknown. */
export function energiesOf(columns: Columns): Float64Array {
  return columns.numbers('energy_per_token', ({ facts }) => energyPerToken(facts))
}

/** As many as hold the weights, rounded up to a power of two. */
function gpusFor(paramsB: number): number {
  const needed = Math.ceil((MEMORY_OVERHEAD * paramsB * BYTES_A_PARAMETER) / GPU_GIGABYTES)
  return 2 ** Math.ceil(log2(needed))
}
