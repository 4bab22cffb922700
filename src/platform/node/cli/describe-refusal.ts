import type { Dropped } from '../../../core/decision.ts'
import type { GatewayError } from '../../../core/errors.ts'
import { NO_SINGLE_LIMIT } from '../../../route/no-feasible-model.ts'
import { describeDropped } from './describe-dropped.ts'
import { shortNames } from './short-names.ts'
import type { Paint } from './terminal.ts'
import { wrap } from './terminal.ts'

/** Why no model passes, as text: the limits each one fails, and the smallest change that would admit one. */
export function describeRefusal(error: GatewayError, paint: Paint, width: number): string {
  const failures = readFailures(error.data?.['models'])
  const names = shortNames([...new Set(failures.map(({ model }) => model))])
  const [first = '', ...rest] = error.message.split(/(?<=\.) /)
  // The table below says what each one fails.
  const advice =
    rest[0]?.startsWith(NO_SINGLE_LIMIT) === true ? [`${NO_SINGLE_LIMIT} at least two must give way.`] : rest
  const text = [
    ...wrap('', `${paint('red', '✗')} ${first}`.split(' '), ' ', width),
    '',
    ...describeDropped(failures, names, paint, width),
    ...(names.note === undefined ? [] : [paint('dim', names.note)]),
    '',
    ...wrap('', advice.join(' ').split(' '), ' ', width),
  ]
  return `${text.join('\n')}\n`
}

/** The error's public data, as the rows of a table. */
function readFailures(models: unknown): Dropped[] {
  if (!Array.isArray(models)) return []
  return models.flatMap((entry: unknown) => {
    if (typeof entry !== 'object' || entry === null || !('model' in entry) || !('failures' in entry)) return []
    const { model, failures } = entry
    if (!Array.isArray(failures)) return []
    return failures.flatMap((failure: unknown) =>
      typeof failure === 'object' && failure !== null && 'limit' in failure && 'required' in failure
        ? [
            {
              model: String(model),
              constraint: String(failure.limit),
              required: failure.required,
              actual: 'actual' in failure ? failure.actual : null,
            },
          ]
        : [],
    )
  })
}
