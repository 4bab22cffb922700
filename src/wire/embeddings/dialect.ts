import type { JsonObject } from '../../core/json.ts'
import type { Loss } from '../../core/wire-format.ts'
import type { EmbeddingsRequest } from './request.ts'

/** What an upstream made of the inputs. */
export type Embedded = {
  /** One an input, in their order. */
  readonly vectors: readonly (readonly number[])[]
  readonly inputTokens: number | undefined
}

/** How a service that has not OpenAI's shape is asked for embeddings. Pure and synchronous. */
export type EmbeddingsDialect = {
  /** Inputs that one call may hold; `undefined` where no limit is known. */
  readonly maxInputs: number | undefined
  /** After the base URL. */
  path(model: string, baseUrl: string): string
  /** The request, and what of OpenAI's it cannot say. Throws `invalid_request` for what it cannot be asked at all. */
  write(request: EmbeddingsRequest, model: string): { readonly body: JsonObject; readonly losses: readonly Loss[] }
  /** Lenient; throws `upstream_malformed`. */
  read(body: JsonObject): Embedded
}
