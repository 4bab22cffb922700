import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

export type SignedRequest = {
  readonly method: string
  /** As it stood in the request line. */
  readonly path: string
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
}

/**
 * What AWS does with a signature of version 4: computes it again from the request and the secret. Returns what is wrong,
 * in the words of its errors, or undefined.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function signatureProblem(
  request: SignedRequest,
  secrets: Readonly<Record<string, string>>,
  nowMs: number,
): string | undefined {
  const { headers } = request
  const found = /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
    text(headers['authorization']),
  )
  if (found === null) return 'Authorization header is not a signature'
  const [, credential = '', names = '', given = ''] = found
  const [keyId = '', date = '', region = '', service = '', end] = credential.split('/')
  const secret = secrets[keyId]
  const time = text(headers['x-amz-date'])
  if (secret === undefined) return 'The security token included in the request is invalid.'
  if (end !== 'aws4_request' || service !== 'bedrock') return 'Credential should be scoped to correct service: bedrock'
  if (!time.startsWith(date))
    return 'Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP'
  const at = Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
  if (!(Math.abs(at - nowMs) < 5 * 60_000)) return 'Signature expired'
  const signed = names.split(';')
  const unsigned = Object.keys(headers).filter((name) => name.startsWith('x-amz-') && !signed.includes(name))
  // The host has its name in HTTP/2, where the SDKs sign that.
  const hasHost = signed.includes('host') || signed.includes(':authority')
  if (!hasHost || unsigned.length > 0) return "'Host' and 'x-amz-' headers must be a 'SignedHeader'"
  const [path = '', query = ''] = request.path.split('?')
  const canonical = [
    request.method,
    // Every part of the path is encoded once more than it was sent.
    path.split('/').map(encode).join('/'),
    query.split('&').sort().join('&'),
    ...signed.map((name) => `${name}:${text(headers[name]).trim().replace(/\s+/g, ' ')}`),
    '',
    names,
    createHash('sha256').update(request.body).digest('hex'),
  ].join('\n')
  const scope = [date, region, service, 'aws4_request'].join('/')
  const toSign = ['AWS4-HMAC-SHA256', time, scope, createHash('sha256').update(canonical).digest('hex')].join('\n')
  const hmac = (key: Buffer | string, data: string): Buffer => createHmac('sha256', key).update(data).digest()
  const key = [date, region, service, 'aws4_request'].reduce<Buffer | string>(hmac, `AWS4${secret}`)
  const expected = hmac(key, toSign)
  if (timingSafeEqual(expected, Buffer.from(given, 'hex'))) return undefined
  return 'The request signature we calculated does not match the signature you provided.'
}

function text(value: string | string[] | undefined): string {
  return Array.isArray(value) ? value.join(',') : (value ?? '')
}

function encode(part: string): string {
  return encodeURIComponent(part).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)
}
