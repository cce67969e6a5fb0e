import { use, type Assignment, type Column } from '../../plan/index.js';
import type { Scope, Table } from '../context.js';

/** The same rows and columns in no defined order. */
export function passThrough(input: Table): Table {
  return { ...input, serialized: false };
}

/** A projection to exactly these visible columns; the hidden extent column goes along. */
export function projected(input: Table, visible: readonly Assignment[]): Table {
  const assignments = input.extent ? [...visible, { column: input.extent, value: use(input.extent) }] : [...visible];
  return {
    ...input,
    columns: visible.map((item) => item.column),
    relation: {
      kind: 'project',
      input: input.relation,
      items: assignments,
      columns: assignments.map((item) => item.column),
    },
  };
}

export const kept = (column: Column): Assignment => ({ column, value: use(column) });

/** The input as a subtree that is computed once. */
export function sharedInput(input: Table, scope: Scope): Table {
  const { relation } = input;
  return {
    ...input,
    relation: { kind: 'shared', key: scope.context.sharedKey(), relation, columns: relation.columns },
  };
}
