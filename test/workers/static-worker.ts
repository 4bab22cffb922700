import { fingerprints } from './fingerprint.ts'

/** The worker that static.test.ts bundles: texts in, fingerprints out. */
export default {
  async fetch(request: Request): Promise<Response> {
    const texts = (await request.json()) as string[]
    return Response.json(await fingerprints(texts))
  },
}
