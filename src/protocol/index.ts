export type { AnswerContext, WireResult } from './answer.js';
export { errorBody } from './error-body.js';
export type { RequestIds } from './identifiers.js';
export { maskSecrets } from './mask.js';
export { decodeRequest, isCommand } from './request.js';
export type { WireRequest } from './request.js';
export { tableOf } from './rows.js';
export { encodeV1Command, encodeV1Query } from './v1.js';
export { encodeV2 } from './v2.js';
