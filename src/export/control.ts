import type { ExportedArtifact } from '../catalog/model.js';
import type { ExportCapacity } from './capacity.js';

/** What commands may ask of whoever decides when runs happen. Jobs are named by their ids. */
export interface ExportControl {
  readonly capacity: ExportCapacity;
  isRunning(jobId: string): boolean;
  /** Jobs whose time has come and that wait for a slot. */
  pending(): readonly string[];
  /**
   * Runs the job now, until nothing is left to export; a run that is under way is waited for first. Answers the files of
   * these runs. Throws the KustoError that a run ended with, General_Throttled when there is no slot.
   */
  runNow(jobId: string, signal: AbortSignal): Promise<readonly ExportedArtifact[]>;
  /** Stops the job's run, and lets none begin before the change is made. */
  whileStopped<T>(jobId: string, change: () => Promise<T>): Promise<T>;
  /** Something changed: look at once what is to be done. */
  wake(): void;
}
