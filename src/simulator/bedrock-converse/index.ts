import { cutEventFrame } from '../event-frame.ts'
import type { SimulatedFormat } from '../format.ts'
import { readCall, readPath } from './read-call.ts'
import { exceptionOf, invalid, writeError } from './rejection.ts'
import { writeAnswer } from './write-answer.ts'
import { writeStream, writeStreamError } from './write-stream.ts'

/** Amazon Bedrock Converse, with a Claude behind it unless the model's name says another. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html */
export function bedrockConverseFormat(): SimulatedFormat {
  return {
    id: 'bedrock-converse',
    serves: (path) => readPath(path) !== undefined,
    readModel: (_body, path) => readPath(path)?.model ?? invalid('The provided model identifier is invalid.'),
    readCall,
    writeCallId: (_call, _name, _index, random) => `tooluse_${random(22)}`,
    writeAnswer,
    streamHeaders: { 'content-type': 'application/vnd.amazon.eventstream' },
    writeStream,
    breakFrame: ({ data }) => (typeof data === 'string' ? data : cutEventFrame(data)),
    requestIdHeader: 'x-amzn-requestid',
    errorHeaders: (rejection) => ({ 'x-amzn-errortype': exceptionOf(rejection) }),
    writeError,
    writeStreamError,
  }
}
