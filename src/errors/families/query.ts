import type { ErrorEntry } from '../entry.js';

const SYNTAX = 'Kusto.Data.Exceptions.SyntaxException';
const SEMANTIC = 'Kusto.Data.Exceptions.SemanticException';

export const QUERY_ERRORS = {
  /** The text is not KQL. */
  SYN0001: { status: 400, permanent: true, type: SYNTAX },
  /** A literal whose text is not a value of its type. */
  SYN0002: { status: 400, permanent: true, type: SYNTAX },
  /** Well-formed, but the names or types do not fit; the reference's general semantic error. */
  SEM0001: { status: 400, permanent: true, type: SEMANTIC },
  /** Arithmetic between types that have none. */
  SEM0064: { status: 400, permanent: true, type: SEMANTIC },
  /** A name that resolves to nothing. */
  SEM0100: { status: 400, permanent: true, type: SEMANTIC },
  /** Calypso does not answer this construct as the reference does, and so not at all. */
  CAL0001: { status: 400, permanent: true, type: SEMANTIC },
  /** The query reads another cluster. */
  CAL0002: { status: 400, permanent: true, type: SEMANTIC },
  /** The compiled query does not fit the engine: a gap in a dialect's coverage, refused before any row. */
  CAL0003: { status: 400, permanent: true, type: SEMANTIC },
  /** A value met while the query ran that a calculation cannot take. */
  CAL0004: { status: 400, permanent: true, type: SEMANTIC },
  E_QUERY_RESULT_SET_TOO_LARGE: {
    status: 400,
    permanent: true,
    type: 'Kusto.Data.Exceptions.KustoServicePartialQueryFailureLimitsExceededException',
  },
  E_RUNAWAY_QUERY: {
    status: 400,
    permanent: true,
    type: 'Kusto.Data.Exceptions.KustoServicePartialQueryFailureLowMemoryConditionException',
  },
} as const satisfies Record<string, ErrorEntry>;
