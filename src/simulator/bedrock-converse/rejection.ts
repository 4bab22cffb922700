import type { Rejection } from '../format.ts'
import type { Finding, PathStep } from '../shape.ts'

/** A `ValidationException`. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html#API_runtime_Converse_Errors */
export function invalid(message: string): Rejection {
  return { status: 400, message, type: 'ValidationException', param: null, code: null }
}

/** What the model behind Converse refuses, as Converse passes it on. https://github.com/NousResearch/hermes-agent/pull/61318 */
export function refusedByModel(message: string): Rejection {
  return invalid(`The model returned the following errors: ${message}`)
}

/** A finding in the words of AWS's own validation. https://github.com/aws-samples/remote-swe-agents/pull/457 */
export function invalidShape({ path, problem, expected, value }: Finding): Rejection {
  const at = pathOf(path)
  if (problem === 'kind') return invalid(`Malformed request: '${at}' must be of type ${expected}.`)
  const shown =
    problem === 'missing' ? 'Value null' : `Value '${typeof value === 'string' ? value : JSON.stringify(value)}'`
  return invalid(
    `1 validation error detected: ${shown} at '${at}' failed to satisfy constraint: ${ruleOf(problem, expected)}`,
  )
}

function ruleOf(problem: Finding['problem'], expected: string): string {
  switch (problem) {
    case 'missing':
      return 'Member must not be null'
    case 'pattern':
      return `Member must satisfy regular expression pattern: ${expected.replace(/^\^|\$$/g, '')}`
    case 'low':
      return `Member must have value greater than or equal to ${expected}`
    case 'high':
      return `Member must have value less than or equal to ${expected}`
    case 'short':
      return `Member must have length greater than or equal to ${expected}`
    case 'long':
      return `Member must have length less than or equal to ${expected}`
    default:
      return `Member must satisfy enum value set: [${expected.replaceAll(' ', ', ')}]`
  }
}

const EXCEPTIONS: Readonly<Record<number, string>> = {
  400: 'ValidationException',
  401: 'UnrecognizedClientException',
  403: 'AccessDeniedException',
  404: 'ResourceNotFoundException',
  408: 'ModelTimeoutException',
  424: 'ModelErrorException',
  429: 'ThrottlingException',
  500: 'InternalServerException',
  503: 'ServiceUnavailableException',
}

/** The exception of a status. */
export function exceptionOf({ status }: Rejection): string {
  return EXCEPTIONS[status] ?? (status < 500 ? 'ValidationException' : 'InternalServerException')
}

/** The body of an error; its name is in a header. https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html#operation-error-serialization */
export function writeError({ message }: Rejection): string {
  return JSON.stringify({ message })
}

/** `toolConfig.tools.1.member.toolSpec.name`, counted from one. */
function pathOf(path: readonly PathStep[]): string {
  return path
    .map((step) => {
      if (typeof step === 'number') return `${step + 1}.member`
      return typeof step === 'object' ? ('tag' in step ? step.tag : step.name) : step
    })
    .join('.')
}
