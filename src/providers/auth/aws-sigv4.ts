import { AwsV4Signer } from 'aws4fetch'
import type { HttpRequest } from '../../core/ports.ts'
import type { KeyProblem } from '../../core/provider.ts'

/** An access key of AWS: `ACCESS_KEY_ID:SECRET_ACCESS_KEY`, with a session's token as a third part. */
export type AwsCredentials = {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string | undefined
}

const ACCESS_KEY_ID = /^[A-Z0-9]{16,128}$/

/** The credentials in a configured key; `undefined` for one that is none, such as a Bedrock API key. */
export function readAwsCredentials(key: string): AwsCredentials | undefined {
  const [accessKeyId = '', secretAccessKey = '', sessionToken] = key.split(':')
  if (!ACCESS_KEY_ID.test(accessKeyId) || secretAccessKey === '') return undefined
  return { accessKeyId, secretAccessKey, sessionToken }
}

/** Why a key that looks like an access key of AWS cannot sign, and would be sent as a Bedrock API key. */
export function checkAwsKey(key: string): KeyProblem | undefined {
  const [id = '', secret = '', token, ...more] = key.split(':')
  const remedy = 'Give ACCESS_KEY_ID:SECRET_ACCESS_KEY[:SESSION_TOKEN], or a Bedrock API key.'
  const isAccessKey = /^(?:AKIA|ASIA)[A-Z0-9]{12,}$/.test(id)
  if ((isAccessKey || key.includes(':')) && secret === '')
    return { problem: 'is an access key without its secret', remedy }
  if (secret !== '' && !ACCESS_KEY_ID.test(id))
    return { problem: 'has a colon, and no access key id before it', remedy }
  if (more.length > 0) return { problem: 'has more than three parts', remedy }
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids: ASIA is temporary.
  if (id.startsWith('ASIA') && isAccessKey && (token ?? '') === '') {
    return { problem: 'is a temporary access key without its session token', remedy }
  }
  return undefined
}

export type AwsScope = {
  readonly credentials: AwsCredentials
  readonly service: string
  readonly region: string
  /** Milliseconds since 1970. */
  readonly now: number
}

/**
 * The request with AWS's signature, version 4. It covers method, path, host, time, every `x-amz-` header and the body.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export async function signAws(
  request: HttpRequest,
  { credentials, service, region, now }: AwsScope,
): Promise<HttpRequest> {
  const { method, origin, path, headers, body } = request
  const { sessionToken } = credentials
  const signer = new AwsV4Signer({
    method,
    url: origin + path,
    headers: Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase().startsWith('x-amz-'))),
    // `Uint8Array` of any buffer is bytes to sign; the DOM's types know those of their own only.
    body: body === undefined ? null : typeof body === 'string' ? body : new Uint8Array(body),
    accessKeyId: credentials.accessKeyId,
    secretAccessKey: credentials.secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
    service,
    region,
    datetime: new Date(now).toISOString().replace(/[:-]|\.\d{3}/g, ''),
  })
  const signed = await signer.sign()
  return { ...request, headers: { ...headers, ...Object.fromEntries(signed.headers) } }
}
