import { GatewayError } from '../core/errors.ts'
import type { HttpRequest } from '../core/ports.ts'
import type { ProviderCall } from '../core/provider.ts'
import { defineProvider, httpRequest } from '../core/provider.ts'
import { checkAwsKey, readAwsCredentials, signAws } from './auth/aws-sigv4.ts'

/**
 * Amazon Bedrock through its Converse API. The key is a Bedrock API key, or an access key of AWS as
 * `ACCESS_KEY_ID:SECRET_ACCESS_KEY[:SESSION_TOKEN]`, which signs. The region is that of the base URL.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */
export default defineProvider({
  id: 'aws-bedrock',
  format: 'bedrock-converse',
  baseUrl: undefined,
  exampleBaseUrl: 'https://bedrock-runtime.us-east-1.amazonaws.com',
  keyVariable: 'AWS_BEARER_TOKEN_BEDROCK',
  checkKey: checkAwsKey,
  authorize: authorizeBedrock,
})

function authorizeBedrock(call: ProviderCall): HttpRequest | Promise<HttpRequest> {
  const { secret, target, now } = call
  const path = pathOf(call)
  if (secret === undefined) return httpRequest(call, path, {})
  const credentials = readAwsCredentials(secret)
  if (credentials === undefined) return httpRequest(call, path, { authorization: `Bearer ${secret}` })
  const scope = { credentials, service: 'bedrock', region: regionOf(target.baseUrl), now }
  return signAws(httpRequest(call, path, {}), scope)
}

function pathOf({ operation, target, stream }: ProviderCall): string {
  const model = `/model/${encodeModel(target.model)}`
  switch (operation.type) {
    case 'chat':
      return `${model}/${stream ? 'converse-stream' : 'converse'}`
    case 'count-tokens':
      return `${model}/count-tokens`
    case 'passthrough':
      return operation.path
    case 'completions':
    case 'embeddings':
      throw new GatewayError('not_implemented', `Amazon Bedrock serves no ${operation.type} through the gateway.`)
    default: {
      const unhandled: never = operation
      return unhandled
    }
  }
}

/** As AWS's SDKs do: ids hold `:`, ARNs `/` too, and the signature covers the very bytes. */
function encodeModel(model: string): string {
  // Dots alone are not encoded, and as a segment of their own they lead to another operation.
  if (/^\.{1,2}$/.test(model)) throw new GatewayError('model_not_found', `"${model}" is no model of Amazon Bedrock.`)
  return encodeURIComponent(model).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

/**
 * `bedrock-runtime[-fips].REGION.amazonaws.com`, or an endpoint of one's own network. A host that names none, such as a
 * proxy's, is taken for one in us-east-1: AWS says so when that is wrong.
 */
function regionOf(baseUrl: string): string {
  return /bedrock-runtime(?:-fips)?\.([a-z]{2}(?:-[a-z]+)+-\d)\./.exec(baseUrl)?.[1] ?? 'us-east-1'
}
