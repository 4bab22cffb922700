/** Geographies whose profiles cost what the model costs in one Region: `global.` is cheaper, the others may be dearer. */
const GEOGRAPHY = /^(?:us|eu|jp|au|in)\./
const PROFILE = /^(?:us|eu|apac|jp|au|ca|in|us-gov|global)\./

/**
 * A model of Bedrock's in the catalogue's terms: `own`, the ids to look for among Bedrock's entries, best first, and
 * `vendor`, the name at the vendor. `us.anthropic.claude-opus-5` is `anthropic.claude-opus-5` for one geography, and
 * an ARN ends in one of these ids.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html
 */
export function bedrockNames(model: string): { readonly own: readonly string[]; readonly vendor: string } {
  const id = model.replace(/^arn:[^/]*\//, '')
  const own = GEOGRAPHY.test(id) ? [id, id.replace(GEOGRAPHY, '')] : [id]
  const unversioned = id.replace(PROFILE, '').replace(/(?:-v\d+)?(?::\d+)?$/, '')
  return { own, vendor: unversioned.replace(/^([a-z0-9]+)\./, '$1/') }
}
