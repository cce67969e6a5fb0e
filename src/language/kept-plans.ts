import type { BoundRequest } from '../plan/index.js';
import type { RequestFacts } from './context.js';

/** Requests with the same text, whose parameters or properties differ, that are kept a plan for. */
const MOST_PLANS = 16;

/** What of a request, beside its text, its principal's view and the facts, a plan depends on. */
export interface PlanRequest {
  readonly parameters: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Plans of one text that hold nothing of the request they were made for (its time, its principal). */
export class KeptPlans {
  private readonly kept = new Map<string, { readonly bound: BoundRequest; readonly noted: NotedFacts }>();

  /** The plan that `make` makes of the facts; made before, if nothing of what it depends on has changed. */
  plan(request: PlanRequest, facts: RequestFacts, make: (facts: RequestFacts) => BoundRequest): BoundRequest {
    const key = JSON.stringify([request.parameters, request.options], plain);
    const known = this.kept.get(key);
    if (known?.noted.holdFor(facts)) return known.bound;
    const noted = new NotedFacts(facts);
    const bound = make(noted.facts);
    if (noted.holdFor(facts)) {
      if (this.kept.size >= MOST_PLANS) this.kept.delete(this.kept.keys().next().value!);
      this.kept.set(key, { bound, noted });
    }
    return bound;
  }
}

/** No property may be a bigint and a string that looks like one: their types are checked by name. */
const plain = (_name: string, value: unknown): unknown => (typeof value === 'bigint' ? `${value}n` : value);

/** The facts of a request, and a note of which of them were asked for. */
class NotedFacts {
  private isOfRequest = false;
  private readonly timed = new Map<string, boolean>();
  readonly facts: RequestFacts;

  constructor(given: RequestFacts) {
    const hasIngestionTime = (tableId: string): boolean => {
      const answer = given.hasIngestionTime(tableId);
      this.timed.set(tableId, answer);
      return answer;
    };
    this.facts = new Proxy(given, {
      get: (facts, name) => {
        if (name === 'hasIngestionTime') return hasIngestionTime;
        this.isOfRequest = true;
        return facts[name as keyof RequestFacts];
      },
    });
  }

  /** Whether what was made with these facts would be the same with those of another request. */
  holdFor(other: RequestFacts): boolean {
    if (this.isOfRequest) return false;
    for (const [tableId, answer] of this.timed) if (other.hasIngestionTime(tableId) !== answer) return false;
    return true;
  }
}
