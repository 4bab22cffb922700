/** Where a server lists its models: below the version in its base URL, or below `/v1` where the URL names no path. */
export function modelsUrl(baseUrl: string): string {
  return new URL(baseUrl).pathname === '/' ? `${baseUrl.replace(/\/$/, '')}/v1/models` : `${baseUrl}/models`
}
