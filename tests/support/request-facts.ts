import type { RequestFacts } from '../../src/language/context.js';

/** What binding knows of a request where none of it matters. */
export const NO_FACTS: RequestFacts = {
  now: 0n,
  database: 'db',
  clusterEndpoint: 'http://localhost',
  principal: '',
  principalDetails: '{}',
  isMemberOf: () => false,
  currentCursor: '0',
  clientRequestId: '',
  hasIngestionTime: () => true,
};
