import { type NotRun, skipListed } from '../workers/skip-listed.ts'

// Which tests of test/flow do not run with the gateway in a process of another runtime.

const PORT = 'a port of the test’s own, in its process'
const FUNCTION = 'a function of the test’s own, which cannot be sent to another process'
const CHANCE = 'thousands of draws of chance, each a request here: what they rest on is the same everywhere'

const NOT_RUN: NotRun = {
  'decision-log': { '': PORT },
  'exact-usage': { '/v1/': PORT, 'whoever asks for the count gets it': PORT },
  exploring: {
    'nothing is explored in a tool loop': CHANCE,
    'in 5,000 draws every model is chosen as often as its propensity says': CHANCE,
  },
  feedback: {
    'exploring keeps to its share, is in the receipt with its chance': CHANCE,
    'what was learned is there again after a restart, and a broken file is laid aside': PORT,
  },
  'guard-faults': { '': FUNCTION },
  'guarded-paths': {
    'a guard that throws lets the request pass or not, as it is configured, and the next one': FUNCTION,
    'a guard that is late has failed': FUNCTION,
    'an answer whose guard throws in a stream ends with an error and no [DONE]': FUNCTION,
  },
  'key-limits': { ': a budget that is used up refuses, and says when it begins anew': PORT },
  'router-auto': { '': PORT },
  'settled-first': { '': PORT },
  'settled-limits': { 'whatever becomes of calls, all they hold is given back and all they cost is spent': PORT },
}

const NOT_WITH_BUN: NotRun = {
  tls: { 'a certificate that is renewed is served to new connections': 'its https server takes no other certificate' },
}

const list = process.env['THALAMUS_FLOW'] === 'bun' ? { ...NOT_RUN, ...NOT_WITH_BUN } : NOT_RUN
skipListed(list, 'test/runtimes/not-run.ts')
