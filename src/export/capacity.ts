import { KustoError } from '../errors/index.js';

/** How many exports may run at once, of jobs and of commands together. */
export class ExportCapacity {
  private held = 0;

  /** @param limit read at each request: a policy may change it. */
  constructor(private readonly limit: () => number) {}

  get total(): number {
    return this.limit();
  }

  get consumed(): number {
    return this.held;
  }

  /** A slot, as the function that gives it back; undefined when none is free. */
  tryAcquire(): (() => void) | undefined {
    if (this.held >= this.limit()) return undefined;
    this.held++;
    let isHeld = true;
    return () => {
      if (isHeld) this.held--;
      isHeld = false;
    };
  }

  /** Throws General_Throttled when no slot is free. */
  acquire(): () => void {
    const release = this.tryAcquire();
    if (release !== undefined) return release;
    throw new KustoError(
      'General_Throttled',
      `The export was not begun: ${this.held} of ${this.limit()} exports are running, which is the capacity ` +
        '(.show capacity data-export). Try again later, or raise it with .alter-merge cluster policy capacity.',
    );
  }
}

/** The part of the capacity policy that is about exports, by its documented names. */
interface ExportCapacityPolicy {
  readonly ExportCapacity?: {
    readonly ClusterMaximumConcurrentOperations?: number;
    readonly CoreUtilizationCoefficient?: number;
  };
}

/** Source: capacity policy, export capacity. `policy` is the cluster's capacity policy, if it is set. */
export function exportLimit(machine: { readonly nodes: number; readonly cores: number }, policy: unknown): number {
  const settings = (policy as ExportCapacityPolicy | null | undefined)?.ExportCapacity;
  const most = settings?.ClusterMaximumConcurrentOperations ?? 100;
  const share = settings?.CoreUtilizationCoefficient ?? 0.25;
  return Math.max(0, Math.floor(Math.min(most, machine.nodes * Math.max(1, machine.cores * share))));
}
