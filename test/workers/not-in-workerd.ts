import { type NotRun, skipListed } from './skip-listed.ts'

// Which tests of test/flow do not run with the gateway in workerd.

const PORT = 'a Worker has no such port: no files, no threads, no models'
const COUNTERS = 'counters of the test’s own, in its process; those of a Worker are Durable Objects'
const STORE = 'a store of the test’s own, in its process; that of a Worker is KV'
const FUNCTION = 'a function of the test’s own, which cannot be sent into workerd'
const LEFT = 'workerd’s own listener notices a client who has left only when it writes to him'
const HTTP = 'workerd reads HTTP itself, and answers what is none'
const DOTS = 'a URL has lost its dot segments before a Worker sees it: what is checked is what is sent'
const CODING = 'fetch takes off compression by itself: the answer is read where Node refuses it'
const STREAM = 'workerd decides on length and end of a streamed answer: chunked, and whole even when it was broken off'
const STOP = 'a Worker is not stopped by a signal'
const HOST = 'in these tests the host’s address names the gateway'
const LONG = 'takes ten seconds: `npm run test:workers` runs it'
const HEADERS = 'fetch says what it likes about connections and agents'

const IS_WHOLE = process.env['THALAMUS_FLOW_ALL'] !== undefined

const NOT_RUN: NotRun = {
  'asked-again': { 'a client that leaves ends the wait': LEFT },
  'bad-input': {
    'a header bomb is a 431 in the API’s error shape': HTTP,
    'something that is not HTTP is a 400 in the API’s error shape': HTTP,
    'a page of another origin cannot use a gateway without keys': HOST,
  },
  'budget-plan': { 'more is set aside for a dearer target before it is asked, and given back': COUNTERS },
  'cache-store': { '': STORE },
  'continued-streams': { 'a fault of the gateway’s own in the middle of a stream breaks it off': FUNCTION },
  'decision-log': { '': PORT },
  embeddings: { 'a client that leaves closes the upstream’s socket and is no failure of the model': LEFT },
  'exact-usage': { '/v1/': PORT, 'whoever asks for the count gets it': PORT },
  failover: {
    'T-12 what the client did wrong, and that it left, rests nobody': LEFT,
    'T-10 a client that leaves during a wait for a retry ends the call: nobody is asked again': LEFT,
  },
  feedback: { 'what was learned is there again after a restart, and a broken file is laid aside': PORT },
  'guard-faults': { '': FUNCTION },
  'guarded-paths': {
    'a guard that throws lets the request pass or not, as it is configured, and the next one': FUNCTION,
    'a guard that is late has failed': FUNCTION,
    'an answer whose guard throws in a stream ends with an error and no [DONE]': FUNCTION,
  },
  hedge: { 'a client that leaves ends both, and neither is blamed': LEFT },
  'key-limits': {
    ...(IS_WHOLE ? {} : { 'a thousand parallel calls against a budget for a hundred of them do not overspend': LONG }),
    ': a budget that is used up refuses, and says when it begins anew': COUNTERS,
  },
  'kept-thoughts': { 'in an answer that is given again by a gateway that has not seen it': STORE },
  'native-path': {
    'the upstream gets the configured key and none of the client’s headers': HEADERS,
    'an answer that comes compressed all the same is a 502': CODING,
    'a client that leaves while the model is thinking starts no other attempt': LEFT,
    'a client that leaves closes the upstream’s socket and is no failure of the model': LEFT,
  },
  'outcome-signals': { 'a client who left says nothing of the answer, and may still be asked': LEFT },
  passthrough: {
    'every byte, the status and the harmless headers come back; cookies and unknown headers do not': STREAM,
  },
  'passthrough-bodies': {
    'a client that leaves closes the upstream’s socket': LEFT,
    'an answer that breaks off breaks the client’s connection too': STREAM,
  },
  'passthrough-paths': {
    '/v1/files/../organization/x is refused': DOTS,
    '/v1/./files is refused': DOTS,
    '/v1/files/.. is refused': DOTS,
    '/x/../v1/files is refused': DOTS,
    '/../v1/files is refused': DOTS,
  },
  'policy-guards': { 'a guard that fails is answered as each policy says': FUNCTION },
  'queues-and-fallbacks': {
    'a full queue sends calls to the next model, or says target_busy; who leaves it is not sent': LEFT,
    'a gateway that stops ends': STOP,
  },
  'router-auto': { '': PORT },
  'settled-limits': { 'whatever becomes of calls, all they hold is given back and all they cost is spent': COUNTERS },
  shadow: { 'the copy waits until the client has his answer, and one that is cut off as the gateway closes': STOP },
  'usage-of-cut-answers': {
    'a client of the provider’s format that leaves a stream is charged for what came': LEFT,
    'a client of another format that leaves a stream is charged for what came': LEFT,
    'a client that leaves before the first content is charged for the prompt, and for nothing': LEFT,
    'an upstream that counts on the way is believed over its events': LEFT,
  },
}

skipListed(NOT_RUN, 'not-in-workerd.ts')
