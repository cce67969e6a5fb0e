import { describe, expect, it } from 'vitest';
import { artifactName, connectionOfPart } from './naming.js';

describe('names of artifacts', () => {
  const name = (runId: string, part: number) => artifactName({ prefix: '', runId, part, extension: '.csv.gz' });

  it('has the form of the reference, and the same name for the same part of the same run', () => {
    expect(name('r', 1)).toMatch(/^export_1_[0-9a-f]{32}\.csv\.gz$/);
    expect(name('r', 1)).toBe(name('r', 1));
    expect(artifactName({ prefix: 'out', runId: 'r', part: 2, extension: '' })).toMatch(/^out_2_[0-9a-f]{32}$/);
  });

  it('never gives two parts, or two runs, one name', () => {
    const names = [1, 2, 11, 12].flatMap((part) => ['r', 'r1', 'r2'].map((run) => name(run, part)));
    expect(new Set(names).size).toBe(names.length);
  });

  it('spreads the parts of a run evenly, and runs of one part over all connections', () => {
    const parts = Array.from({ length: 9 }, (_, part) => connectionOfPart('run', part + 1, 3));
    for (const connection of [0, 1, 2]) expect(parts.filter((p) => p === connection)).toHaveLength(3);
    const runs = Array.from({ length: 300 }, (_, run) => connectionOfPart(`run ${run}`, 1, 3));
    for (const connection of [0, 1, 2]) expect(runs.filter((r) => r === connection).length).toBeGreaterThan(60);
    expect(connectionOfPart('run', 5, 3)).toBe(connectionOfPart('run', 5, 3));
  });
});
