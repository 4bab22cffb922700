import type { WireFormatId } from './request.ts'

/** `embedding`: of answers only. */
export type Modality = 'text' | 'image' | 'audio' | 'video' | 'pdf' | 'embedding'

/** Rates of calls whose prompt is longer than `above_tokens`; all of the call's tokens are charged so. */
export type LongPrompt = {
  readonly above_tokens: number
  readonly price_in?: number
  readonly price_out?: number
  readonly price_cached_in?: number
  readonly price_cache_write?: number
  readonly price_cache_write_1h?: number
}

/**
 * What is known of a model at one provider. Names are those of the configuration and of the JSON API, so facts travel
 * unrenamed from the catalogue and `models[].facts` to `/v1/models`. A missing fact is unknown, never a default.
 */
export type Facts = {
  /** USD per million tokens. */
  readonly price_in?: number
  readonly price_out?: number
  readonly price_cached_in?: number
  readonly price_cache_write?: number
  /** For what is kept an hour instead of five minutes. */
  readonly price_cache_write_1h?: number
  /** Reasoning tokens, where they cost other than the answer's. */
  readonly price_reasoning?: number
  readonly price_audio_in?: number
  readonly price_audio_cached_in?: number
  readonly price_audio_out?: number
  /** Tokens of pictures in the answer. */
  readonly price_image_out?: number
  /** USD per thousand searches with the provider's own tool. */
  readonly price_web_search?: number
  /**
   * What all rates of tokens are multiplied by where the provider says that it served a call in another way than usual:
   * by its own word for tier, speed or place (`flex`, `priority`, `fast`, `us`).
   */
  readonly price_factors?: Readonly<Record<string, number>>
  /** The rates of a call whose prompt is long. */
  readonly long_prompt?: LongPrompt
  /** Tokens of prompt and answer together. */
  readonly context_tokens?: number
  readonly max_output_tokens?: number
  readonly modalities_in?: readonly Modality[]
  readonly modalities_out?: readonly Modality[]
  readonly tools?: boolean
  readonly structured_output?: boolean
  readonly reasoning?: boolean
  /** ISO date of public release. */
  readonly released?: string
  /** ISO month or date of the knowledge cut-off. */
  readonly knowledge?: string
  /** Billions of parameters, all of them. */
  readonly params_b?: number
  /** Billions of parameters active per token. */
  readonly active_params_b?: number
  /** SPDX id where there is one (`apache-2.0`), else the licence's own name (`llama3.1`), or `proprietary`. */
  readonly license?: string
  readonly open_weights?: boolean
  /**
   * 0 closed, 1 weights under a licence with conditions of its own, 2 weights under an open-source licence, 3 training
   * data as well. Where it is not said, 0 to 2 follow from `open_weights` and `license`.
   */
  readonly openness?: 0 | 1 | 2 | 3
  /** Where prompts are processed: `eu`, `us`, `ch`, `cn`, …; `local` for the operator's own machines. */
  readonly region?: readonly string[]
  /** How long the provider keeps prompts by default. */
  readonly retention?: 'zero' | 'limited' | 'kept'
  /** Whether the provider trains on prompts sent through the API by default. */
  readonly training?: 'never' | 'opt-in' | 'opt-out' | 'always'
  /** 0 unknown operator … 3 independently audited (SOC 2 and ISO 27001) with a zero-retention contract. */
  readonly security?: 0 | 1 | 2 | 3
  /** Runs on the operator's own machines. */
  readonly local?: boolean
  /** Watt-hours for a thousand tokens of answers, where they were measured; else they are estimated from the size. */
  readonly energy_wh_per_1k_tokens?: number
  /** Grade of school for which its answers are written (Flesch-Kincaid); live measurements replace it. */
  readonly reading_grade?: number
  /** Requests that it serves at once; where it is not said, refusals teach it. */
  readonly max_concurrent?: number
  /** Typical milliseconds to the first token; live measurements replace it. */
  readonly ttft_ms?: number
  /** Typical output tokens per second; live measurements replace it. */
  readonly tokens_per_second?: number
}

export type FactName = keyof Facts

/** How a model that calls tools in its text does so. */
export type TextTools = {
  /** In which dialect (src/dialects); `sniff`: in whichever it turns out to be. */
  readonly dialect: string
  /** The dialect is what models of this name write; this one may write another. */
  readonly isGuess?: boolean
  /** The server knows no tools: they are described in the prompt. */
  readonly isEmulated: boolean
}

/** One model at one upstream: what a request is sent to. */
export type Target = {
  /** `provider/model`, as clients name it: `openai/gpt-5-mini`. */
  readonly id: string
  /** The provider's name in the configuration. */
  readonly provider: string
  /** The upstream's own name of the model. */
  readonly model: string
  readonly format: WireFormatId
  /** Without a trailing slash. */
  readonly baseUrl: string
  /** The catalogue's id of this model, under which routers keep its profile; `undefined` when the catalogue has none. */
  readonly catalogId: string | undefined
  readonly facts: Facts
  /** `undefined`: its provider's own calls are relied on. */
  readonly textTools?: TextTools | undefined
  /** How likely one of its calls of tools is a good one, 0..1, as far as that is known before any was seen. */
  readonly toolPrior?: number
  /** How many times a model is asked again for a call that was no good, at most. */
  readonly refine?: number
  /** Calls that its provider takes at once, all of its models together; no limit where it is not said. */
  readonly providerConcurrency?: number | undefined
}
