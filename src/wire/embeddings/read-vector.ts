import { GatewayError } from '../../core/errors.ts'
import type { JsonValue } from '../../core/json.ts'
import { isList } from '../shared/read-json.ts'

/** One embedding as an upstream sent it. */
export function readVector(value: JsonValue | undefined): readonly number[] {
  if (isList(value) && value.length > 0 && value.every((one) => typeof one === 'number')) return value
  throw new GatewayError('upstream_malformed', 'The model answered with an embedding that is no list of numbers.')
}
